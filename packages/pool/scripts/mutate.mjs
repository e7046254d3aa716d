// Breaks the engine in small ways, one at a time, and sees whether a test notices:
//   node packages/pool/scripts/mutate.mjs --count 50 [--seed N] [--only REGEXP] [--suites REGEXP] [--out FILE] [--list]
// Works on what is committed, in a worktree of its own in the folder for temporary files. A survivor is a place that no
// test looks at, or one where the change makes no difference that can be seen.
//   --only REGEXP  files to break, such as "engine/thread" (default: the engine and what carries its values)
//   --suites REGEXP  names of the suites to run, such as "threads" (default: all)
//   --list         shows what would be broken, and runs nothing
import { execFileSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Random } from "../test/lib/random.mjs";
import { buildPackage } from "./mutation/build.mjs";
import { placesIn } from "./mutation/places.mjs";
import { makeSuites, ordered, runSuite } from "./mutation/suites.mjs";

/** A suite may take so many times as long as it does unbroken, and so many seconds more. */
const [TIMES, MORE_SECONDS] = [3, 15];

const { values: options } = parseArgs({
  options: {
    count: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    only: {
      type: "string",
      default: "^src/(engine|streams|codec|local|map|internal)/|^src/future\\.ts",
    },
    out: { type: "string" },
    suites: { type: "string", default: "" },
    list: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("../../..", import.meta.url));
const git = (...args) => execFileSync("git", ["-C", root, ...args], { encoding: "utf8" });

const copy = mkdtempSync(join(tmpdir(), "concur-mutate-"));
const folder = join(copy, "packages/pool");
let ended = false;
process.once("exit", cleanUp);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));

git("worktree", "add", "--detach", "--force", copy, "HEAD");
for (const place of ["", "packages/pool"]) {
  symlinkSync(join(root, place, "node_modules"), join(copy, place, "node_modules"));
}
const places = choose(Number(options.count), new Random(Number(options.seed)));
if (options.list) {
  for (const place of places) console.log(shown(place));
  process.exit(0);
}
await buildPackage(folder);
const suites = await withoutBroken(makeSuites());
const results = [];
for (const [index, place] of places.entries()) {
  const result = await tryOne(place);
  results.push({ ...place, ...result });
  console.log(
    `${index + 1}/${places.length} ${result.verdict}${result.by ? ` by ${result.by} in ${result.seconds.toFixed(1)} s` : ""}\n${shown(place)}`,
  );
  if (options.out !== undefined) writeFileSync(options.out, JSON.stringify(results, undefined, 2));
}
const count = (verdict) => results.filter((result) => result.verdict === verdict).length;
console.log(
  `\n${results.length} breakages: ${count("killed")} killed, ${count("survived")} survived, ${count("not built")} could not be built`,
);
for (const place of results.filter(({ verdict }) => verdict === "survived"))
  console.log(`survived:\n${shown(place)}`);
process.exit(0);

/** Draws so many places, each file as often as it has places. */
function choose(wanted, random) {
  const only = new RegExp(options.only);
  const files = readdirSync(join(folder, "src"), { recursive: true })
    .map((name) => `src/${name.replaceAll("\\", "/")}`)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts") && only.test(name))
    .sort();
  const all = files.flatMap((file) => placesIn(file, readFileSync(join(folder, file), "utf8")));
  const chosen = [];
  while (chosen.length < wanted && all.length > 0) {
    chosen.push(...all.splice(random.int(0, all.length - 1), 1));
  }
  return chosen;
}

/** Times the suites on the engine as it is, and leaves out those that fail on it. */
async function withoutBroken(all) {
  const sound = [];
  const wanted = new RegExp(options.suites);
  for (const suite of all.filter(({ name }) => wanted.test(name))) {
    const { held, seconds, output } = await runSuite(suite, folder, 600);
    console.log(
      `${held ? "sound" : "LEFT OUT, fails unbroken"}: ${suite.name}, ${seconds.toFixed(1)} s`,
    );
    if (held) sound.push({ ...suite, seconds });
    else console.log(output.slice(-600).replaceAll(/^/gm, "    "));
  }
  return sound;
}

async function tryOne(place) {
  const path = join(folder, place.file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.slice(0, place.start) + place.replacement + text.slice(place.end));
  try {
    await buildPackage(folder);
    for (const suite of ordered(suites, place.file)) {
      const limit = suite.seconds * TIMES + MORE_SECONDS;
      const { held, late, seconds } = await runSuite(suite, folder, limit);
      if (held) continue;
      const known = suites.find(({ name }) => name === suite.name);
      known.kills += 1;
      return { verdict: "killed", by: late ? `${suite.name} (hangs)` : suite.name, seconds };
    }
    return { verdict: "survived" };
  } catch {
    return { verdict: "not built" };
  } finally {
    writeFileSync(path, text);
  }
}

function shown({ file, line, kind, start, end, replacement }) {
  const text = readFileSync(join(folder, file), "utf8");
  const from = text.lastIndexOf("\n", start) + 1;
  const to = text.indexOf("\n", end);
  const before = text.slice(from, to);
  const after = text.slice(from, start) + replacement + text.slice(end, to);
  const lines = (sign, of) =>
    of
      .split("\n")
      .slice(0, 8)
      .map((one) => `  ${sign} ${one}`)
      .join("\n");
  return `  ${file}:${line} ${kind}\n${lines("-", before)}\n${lines("+", after)}`;
}

function cleanUp() {
  if (ended) return;
  ended = true;
  // Links first: what they lead to is not ours.
  for (const place of ["", "packages/pool"])
    rmSync(join(copy, place, "node_modules"), { force: true });
  try {
    git("worktree", "remove", "--force", copy);
  } catch {
    rmSync(copy, { recursive: true, force: true });
    git("worktree", "prune");
  }
}
