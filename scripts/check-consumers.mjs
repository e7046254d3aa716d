// Installs the packed @concur/pool beside other people's tools, runs one small project with each of them, and compares how that
// ends with what docs/consumers.md says; with --write it writes the table there. With --fast only the projects that need little.
import { execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PROJECTS } from "./lib/consumer-projects.mjs";

const { values: options } = parseArgs({
  options: {
    fast: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    only: { type: "string" },
    keep: { type: "boolean", default: false },
  },
});
const LIMIT_MS = 180_000;
const PAGE = "docs/consumers.md";
const BEGIN = "<!-- outcomes: written by scripts/check-consumers.mjs -->";
const END = "<!-- end of outcomes -->";
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), "concur-consumers-")));
const modules = join(folder, "node_modules");

const chosen = PROJECTS.filter(
  ({ name, fast }) =>
    (!options.fast || fast) && (options.only === undefined || name.includes(options.only)),
);

function install() {
  const home = join(root, "packages/pool");
  const packed = execFileSync("pnpm", ["pack", "--json", "--pack-destination", folder], {
    cwd: home,
    encoding: "utf8",
  });
  const { filename } = JSON.parse(packed.slice(packed.indexOf("{")));
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const wanted = new Set(chosen.flatMap((project) => project.install ?? []));
  // The tools do not agree about the versions of what they share, and each project has only one of them.
  const flags = [
    "--legacy-peer-deps",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  execFileSync("npm", ["install", ...flags, filename, ...wanted], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Runs words for the shell; what does not end in time is killed with all that it has started. */
function shell(command, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, {
      cwd,
      shell: true,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        MODULES: modules,
        NO_COLOR: "1",
        PATH: [join(modules, ".bin"), dirname(process.execPath), process.env.PATH].join(delimiter),
      },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    }
    const watchdog = setTimeout(() => {
      output += "\ndid not end";
      process.kill(-child.pid, "SIGKILL");
    }, LIMIT_MS);
    child.on("close", (exitCode) => {
      clearTimeout(watchdog);
      resolve({ exitCode, output });
    });
  });
}

/** What the table says of a project. */
async function tryProject({ files, run, copy = [], then, needs, wants, runtime }, place) {
  if (needs?.() === false) return `not run: needs ${wants}`;
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
  let end = { exitCode: 0, output: "" };
  for (const command of run) end = await shell(command, place);
  if (then !== undefined) {
    if (end.exitCode !== 0) return `cannot be built: ${lastLine(end.output)}`;
    for (const name of copy) {
      const from = existsSync(join(place, name)) ? join(place, name) : join(folder, name);
      copyFileSync(from, join(place, "dist", basename(name)));
    }
    end = await shell(then, place);
  }
  if (runtime) return wordsOfRuntime(end);
  const [, found] = /OUTCOME (\{.*\})/.exec(end.output) ?? [];
  if (found === undefined) return lastLine(end.output);
  const failures = Object.entries(JSON.parse(found)).filter(([, outcome]) => outcome !== "works");
  if (end.exitCode !== 0) failures.push(["exit code", end.exitCode]);
  return failures.length === 0
    ? "works"
    : failures.map(([name, outcome]) => `${name}: ${outcome}`).join("; ");
}

/** Every line but the last names a way of using an executor that does not work there. */
function wordsOfRuntime({ exitCode, output }) {
  if (exitCode === 0) return "works";
  const [, refusal] = /InvalidStateError: (.*)/.exec(output) ?? [];
  if (refusal !== undefined) return `refused: ${refusal}`;
  const failed = [...output.matchAll(/^([a-zA-Z ]+): /gm)].map(([, name]) => name);
  return `works, but for: ${failed.join(", ")}`;
}

function lastLine(output) {
  const lines = output.trim().split("\n");
  return lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1);
}

function versionsOf({ install: names = [] }) {
  return names
    .map((name) => name.replace(/(.)@.*$/, "$1"))
    .filter((name) => !name.startsWith("@types/"))
    .map((name) => {
      const file = join(modules, name, "package.json");
      return `${name} ${JSON.parse(readFileSync(file, "utf8")).version}`;
    })
    .join(", ");
}

function tableOf(outcomes) {
  const rows = chosen.map((project, index) => [
    project.name,
    versionsOf(project) || "–",
    outcomes[index].replaceAll("|", "\\|"),
  ]);
  return [["project", "tools", "outcome"], ["---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** The outcomes on the page, by project. */
function writtenOutcomes(page) {
  const table = page.slice(page.indexOf(BEGIN), page.indexOf(END));
  const rows = [...table.matchAll(/^\| (.*?) +\| .*? +\| (.*?) +\|$/gm)];
  return new Map(rows.map(([, name, outcome]) => [name, outcome.replaceAll("\\|", "|")]));
}

try {
  install();
  const outcomes = [];
  for (const [index, project] of chosen.entries()) {
    const place = join(folder, `project-${index}`);
    mkdirSync(place);
    const outcome = await tryProject(project, place);
    outcomes.push(outcome.replaceAll(folder, "…"));
    console.log(`${project.name}: ${outcomes.at(-1)}`);
  }
  const page = readFileSync(join(root, PAGE), "utf8");
  if (options.write) {
    const before = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
    const text = `${before}\n\nNode ${process.versions.node}, ${process.platform}:\n\n${tableOf(outcomes)}\n\n${page.slice(page.indexOf(END))}`;
    writeFileSync(join(root, PAGE), text);
    execFileSync("pnpm", ["exec", "prettier", "--write", PAGE], { cwd: root, stdio: "ignore" });
  } else {
    const written = writtenOutcomes(page);
    const differing = chosen.filter(
      ({ name }, index) =>
        !outcomes[index].startsWith("not run") && written.get(name) !== outcomes[index],
    );
    for (const { name } of differing) console.error(`${name}: ${PAGE} says ${written.get(name)}`);
    if (differing.length > 0) process.exitCode = 1;
  }
} finally {
  if (options.keep) console.log(folder);
  else rmSync(folder, { recursive: true, force: true });
}
