// Looks for seeds that fail, for as long as it is told: `node packages/pool/test/chaos/long-run.mjs --minutes 30`.
//   --seed N     begins with this seed and counts up (default: by the clock)
//   --kind KIND  threads, processes, processes-without-socket, async or inline (default: all in turn, threads most often)
//   --fuzz       also compares values with structured clone, with the same seeds
// Prints each seed that failed and how to run it again. The pool must have been built.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runWatched } from "../lib/run-watched.mjs";

const BATCH = 12;
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string" },
    kind: { type: "string" },
    fuzz: { type: "boolean", default: false },
  },
});
const program = fileURLToPath(new URL("identity/run-seeds.mjs", import.meta.url));
const fuzzer = fileURLToPath(new URL("../differential/run-differential.mjs", import.meta.url));
const kinds =
  values.kind === undefined
    ? ["threads", "processes", "threads", "processes-without-socket", "async", "inline"]
    : [values.kind];
const until = Date.now() + Number(values.minutes) * 60_000;
const failed = [];
let next = Number(values.seed ?? Math.floor(Date.now() / 1000) % 1_000_000_000);
let ran = 0;

console.log(`from seed ${next}, for ${values.minutes} minutes`);
for (let turn = 0; Date.now() < until; turn += 1) {
  const kind = kinds[turn % kinds.length];
  await runBatch(
    kind,
    Array.from({ length: BATCH }, () => next++),
  );
  if (values.fuzz && kind !== "async" && kind !== "inline") await fuzz(kind, next);
}
console.log(`${ran} programs ran, ${failed.length} failed${failed.length > 0 ? ":" : ""}`);
for (const command of failed) console.log(`  ${command}`);
process.exit(failed.length > 0 ? 1 : 0);

async function runBatch(kind, seeds) {
  for (let left = seeds; left.length > 0;) {
    const { exitCode, signal, stdout, stderr } = await runWatched([
      program,
      kind,
      ...left.map(String),
    ]);
    if (exitCode === 0) {
      ran += left.length;
      return;
    }
    const begun = stdout.match(/^> \d+$/gm)?.length ?? 1;
    ran += begun;
    note(
      `node ${program} ${kind} ${left[begun - 1]}`,
      `${signal ?? exitCode}\n${stdout.slice(-3000)}${stderr.slice(0, 1000)}`,
    );
    left = left.slice(begun);
  }
}

async function fuzz(kind, seed) {
  const args = [fuzzer, kind, String(seed), "40"];
  const { exitCode, signal, stdout, stderr } = await runWatched(args);
  ran += 1;
  if (exitCode !== 0) {
    const told = stdout.split("\n").filter((line) => !line.startsWith("held"));
    note(
      `node ${args.join(" ")}`,
      `${signal ?? exitCode}\n${told.join("\n")}${stderr.slice(0, 1000)}`,
    );
  }
}

function note(command, seen) {
  failed.push(command);
  console.log(`FAILED: ${command}\n${seen}`);
}
