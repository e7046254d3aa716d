import { isBuiltin } from "node:module";
import { defineConfig, type Options } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { libraryBuild } from "../../tsup.base.js";

/** The exports of a module of Node that an `import` can name. */
function namesOf(path: string): string[] {
  const module: object = process.getBuiltinModule(path) ?? {};
  return Object.keys(module).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
}

/**
 * Loads as little as can be when the package is imported.
 *
 * - Modules of Node come from `process.getBuiltinModule`, and of each only the exports that are used are read. An `import` reads every
 *   export of the module, and some of those load other modules: that of `node:crypto` takes longer than all of this package. Bundlers
 *   leave the call as it is.
 * - workerpool is built in, and runs when the first pool is made.
 */
const leanImport: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "lean-import",
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path, kind }) => {
      if (kind === "entry-point" || !isBuiltin(path)) return undefined;
      return { path, namespace: kind === "import-statement" ? "builtin" : "required-builtin" };
    });
    build.onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
      contents: [
        `const found = /* @__PURE__ */ process.getBuiltinModule("${path}");`,
        "const read = (name) => found[name];",
        // What nobody imports is left out, as to read it has no effect.
        ...namesOf(path).map(
          (name) =>
            `const $${name} = /* @__PURE__ */ read("${name}"); export { $${name} as ${name} };`,
        ),
        "export default found;",
      ].join("\n"),
    }));
    build.onLoad({ filter: /./, namespace: "required-builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule("${path}");`,
    }));
    build.onResolve({ filter: /^workerpool$/ }, ({ path, namespace }) =>
      namespace === "file" ? { path, namespace: "when-used" } : undefined,
    );
    build.onLoad({ filter: /./, namespace: "when-used" }, ({ path }) => ({
      // A `require` of a module that is built in runs it at that moment.
      contents: `export default { pool: (...args) => require("${path}").pool(...args) };`,
      resolveDir: import.meta.dirname,
    }));
  },
};

export default defineConfig({
  ...libraryBuild({ index: "src/index.ts", worker: "src/worker.ts", testing: "src/testing.ts" }),
  // The three entries share one class Future, so what they have in common must be built once.
  splitting: true,
  noExternal: ["workerpool"],
  esbuildPlugins: [leanImport],
  esbuildOptions(options, { format }) {
    if (format === "esm") {
      // Every import reads all of it: without blanks and comments that takes half the time. What tsup makes CommonJS with cannot read it.
      options.minifyWhitespace = true;
      // Of an error that nobody catches Node prints the line.
      options.lineLimit = 120;
    }
    if (format !== "cjs") return;
    // CommonJS has no import.meta.url, and tsup's own shim loses what follows a "#" in a path.
    options.define = { ...options.define, "import.meta.url": "__importMetaUrl" };
    options.inject = [...(options.inject ?? []), "shims/import-meta-url.js"];
  },
});
