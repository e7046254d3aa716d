// The projects of check-consumers.mjs: what is in each, how it is built and how it is run. All have the packed package.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const fixtures = fileURLToPath(
  new URL("../../packages/pool/test/fixtures/consumers/", import.meta.url),
);
const read = (name) => readFileSync(fixtures + name, "utf8");

const outcome = read("outcome.mjs");
const tasks = read("tasks.mjs");
const MAIN =
  'import { outcome } from "./outcome.mjs";\noutcome().then((line) => console.log(line));\n';

/** As CommonJS. */
function common(source) {
  return source
    .replace(/^import (\{[^}]*\}) from ("[^"]+");$/gm, "const $1 = require($2);")
    .replace(/^export const (\{ \w+ \})/gm, "const $1 = (module.exports")
    .replace(/(module\.exports) = (defineTasks.*);$/gm, "$1 = $2);")
    .replaceAll("import.meta.url", "__filename")
    .replace(/^export (async function (\w+))/gm, "module.exports = { $2 };\n$1")
    .replaceAll(".mjs", ".cjs");
}

/** As TypeScript, in ES modules or CommonJS by what `module` is. */
function typed(source, module) {
  return source
    .replaceAll(/\(n\) =>/g, "(n: number) =>")
    .replace("const outcomes = {}", "const outcomes: Record<string, string> = {}")
    .replace("const calls = {", "const calls: Record<string, readonly [any, any]> = {")
    .replace("catch (error)", "catch (error: any)")
    .replaceAll("import.meta.url", module === "cjs" ? "__filename" : "import.meta.url")
    .replaceAll(".mjs", module === "cjs" ? "" : ".ts");
}

const esm = { "main.mjs": MAIN, "outcome.mjs": outcome, "tasks.mjs": tasks };
const cjs = {
  "main.cjs": common(MAIN),
  "outcome.cjs": common(outcome),
  "tasks.cjs": common(tasks),
};
const ts = (module) => ({
  "package.json": JSON.stringify({ type: module === "cjs" ? "commonjs" : "module" }),
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      target: "es2022",
      module: module === "cjs" ? "commonjs" : "nodenext",
      moduleResolution: module === "cjs" ? "node10" : "nodenext",
      esModuleInterop: true,
      allowImportingTsExtensions: module !== "cjs",
      noEmit: module !== "cjs",
      skipLibCheck: true,
      types: ["node"],
    },
    "ts-node": { transpileOnly: true },
  }),
  "main.ts": typed(MAIN, module),
  "outcome.ts": typed(outcome, module),
  "tasks.ts": typed(tasks, module),
});

/** In a test runner: the line of the outcome is printed, and must tell of nothing but success. */
const asTest = (imports, name) => `${imports}
import { outcome } from "./outcome.mjs";
${name}("calls run", async () => {
  console.log(await outcome());
}, 60000);
`;

// Bundled: the tasks are a file of their own, and the programs of the workers lie beside the bundle.
const importing = (address, imports = "") =>
  `import { importTasks } from "@concur/pool";\n${imports}\nexport const { twice } = importTasks(${address});\n`;
const PLAIN = "export const twice = (n) => n * 2;\n";
const bundledAsEsm = {
  "main.mjs": MAIN,
  "outcome.mjs": outcome,
  "tasks.mjs": importing('new URL("./plain-tasks.mjs", import.meta.url)'),
  "plain-tasks.mjs": PLAIN,
};
const bundledAsCommon = {
  ...bundledAsEsm,
  "tasks.mjs": importing('join(__dirname, "plain-tasks.mjs")', 'import { join } from "node:path";'),
};
const packConfig = (require) =>
  `import { createRequire } from "node:module";
export default {
  mode: "production", target: "node20", entry: "./main.mjs",
  experiments: { outputModule: true },
  output: { path: import.meta.dirname + "/dist", filename: "main.mjs", module: true, chunkFormat: "module", library: { type: "module" } },
};
`.replace('import { createRequire } from "node:module";\n', require ?? "");

const NATIVE_TYPES = {
  needs: () => process.features.typescript !== undefined && process.features.typescript !== false,
  wants: "Node 22.18",
};

const WORKERS = ["worker-entry.cjs", "child-entry.cjs", "recall-thread.cjs"].map(
  (name) => `node_modules/@concur/pool/dist/${name}`,
);

/**
 * `install`: packages beside ours. `copy`: what goes beside the bundle. `run`: words for the shell, `node` is this one.
 * `expect`: what differs from "works" everywhere. `fast`: in the short run.
 */
export const PROJECTS = [
  { name: "ES modules", files: esm, run: ["node main.mjs"], fast: true },
  { name: "CommonJS", files: cjs, run: ["node main.cjs"], fast: true },
  {
    name: "node:test",
    files: {
      ...esm,
      "a.test.mjs": asTest('import { test } from "node:test";', "test").replace(", 60000", ""),
    },
    run: ["node --test a.test.mjs"],
    fast: true,
  },
  {
    name: "native types",
    ...NATIVE_TYPES,
    files: ts("esm"),
    run: ["node --no-warnings main.ts"],
    fast: true,
  },
  { name: "tsx, ES modules", install: ["tsx"], files: ts("esm"), run: ["tsx main.ts"], fast: true },
  { name: "tsx, CommonJS", install: ["tsx"], files: ts("cjs"), run: ["tsx main.ts"] },
  {
    name: "ts-node",
    install: ["ts-node", "typescript@~5.9.0", "@types/node@20"],
    files: ts("cjs"),
    run: ["node -r ts-node/register main.ts"],
  },
  {
    name: "@swc-node/register",
    install: ["@swc-node/register", "@swc/core", "typescript@~5.9.0"],
    files: ts("cjs"),
    run: ["node -r @swc-node/register main.ts"],
  },
  // Its loader does not reach workers. Their errors say so where Node does not know the kind of file either.
  { name: "jiti", ...NATIVE_TYPES, install: ["jiti"], files: ts("esm"), run: ["jiti main.ts"] },
  {
    name: "vitest",
    install: ["vitest"],
    files: { ...esm, "a.test.mjs": asTest('import { test } from "vitest";', "test") },
    run: ["vitest run"],
  },
  {
    name: "jest, ES modules",
    install: ["jest"],
    files: {
      ...esm,
      "jest.config.mjs": 'export default { transform: {}, testMatch: ["**/*.test.mjs"] };\n',
      "a.test.mjs": asTest("", "test"),
    },
    run: ["node --experimental-vm-modules --no-warnings $MODULES/jest/bin/jest.js"],
  },
  {
    name: "jest, CommonJS",
    install: ["jest"],
    files: {
      ...cjs,
      "jest.config.cjs": 'module.exports = { transform: {}, testMatch: ["**/*.test.cjs"] };\n',
      "a.test.cjs": common(asTest("", "test")),
    },
    run: ["node $MODULES/jest/bin/jest.js"],
  },
  {
    name: "mocha",
    install: ["mocha"],
    files: { ...esm, "a.test.mjs": asTest("", "it").replace(", 60000", "") },
    run: ["mocha --timeout 60000 a.test.mjs"],
  },
  {
    name: "esbuild, ES modules",
    install: ["esbuild"],
    files: bundledAsEsm,
    run: [
      "esbuild main.mjs --bundle --platform=node --format=esm --outfile=dist/main.mjs --log-level=error",
    ],
    copy: [...WORKERS, "plain-tasks.mjs"],
    then: "node dist/main.mjs",
    fast: true,
  },
  {
    name: "esbuild, CommonJS",
    install: ["esbuild"],
    files: bundledAsCommon,
    run: [
      "esbuild main.mjs --bundle --platform=node --format=cjs --outfile=dist/main.cjs --log-level=error --log-override:empty-import-meta=silent",
    ],
    copy: [...WORKERS, "plain-tasks.mjs"],
    then: "node dist/main.cjs",
    fast: true,
  },
  {
    name: "rollup",
    install: ["rollup", "@rollup/plugin-node-resolve"],
    files: bundledAsEsm,
    run: ["rollup -p node-resolve --silent -f es -o dist/main.mjs main.mjs"],
    copy: [...WORKERS, "plain-tasks.mjs"],
    then: "node dist/main.mjs",
  },
  {
    name: "vite build --ssr",
    install: ["vite"],
    files: {
      ...bundledAsEsm,
      "vite.config.mjs":
        'export default { build: { rollupOptions: { output: { entryFileNames: "main.mjs" } } }, ssr: { noExternal: true } };\n',
    },
    run: ["vite build --ssr main.mjs --logLevel error"],
    copy: [...WORKERS, "plain-tasks.mjs"],
    then: "node dist/main.mjs",
  },
  {
    name: "webpack",
    install: ["webpack", "webpack-cli"],
    files: { ...bundledAsEsm, "webpack.config.mjs": packConfig() },
    run: ["webpack --stats errors-only"],
    copy: WORKERS,
    then: "node dist/main.mjs",
  },
  {
    name: "rspack",
    install: ["@rspack/core", "@rspack/cli"],
    files: { ...bundledAsEsm, "rspack.config.mjs": packConfig() },
    run: ["rspack build --config rspack.config.mjs"],
    copy: WORKERS,
    then: "node dist/main.mjs",
  },
  {
    name: "ncc",
    install: ["@vercel/ncc"],
    files: { ...bundledAsEsm, "package.json": '{ "type": "module" }' },
    run: ["ncc build main.mjs -q -o dist"],
    copy: [...WORKERS, "plain-tasks.mjs"],
    then: "node dist/index.mjs",
  },
  ...["Bun", "Deno"].flatMap((runtime) =>
    ["ThreadPoolExecutor", "ProcessPoolExecutor"].map((kind) => ({
      name: `${runtime}, ${kind}`,
      install: [runtime.toLowerCase()],
      files: { "main.mjs": read("all-ways.mjs"), "way-tasks.mjs": read("way-tasks.mjs") },
      run: [`${runtime === "Bun" ? "bun" : "deno run -A"} main.mjs ${kind}`],
      runtime: true,
    })),
  ),
];
