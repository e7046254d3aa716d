// Prints how much of the catalogue of behaviours the tests of @concur/pool cover. A number counts as tested where it
// stands in a title, as `[D7]`, or is what a row of a table puts there, as "D7"; and as explained where
// docs/python-differences.md says why it is otherwise here.
// With --strict, numbers that are neither end it with code 1.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;

/** The groups of the catalogue, and how many behaviours each has. */
const groups = {
  A: ["Future: states", 20],
  B: ["cancelling", 17],
  C: ["done-callbacks", 17],
  D: ["result(), exception()", 18],
  E: ["wait()", 21],
  F: ["asCompleted()", 21],
  G: ["submit()", 18],
  H: ["map()", 32],
  I: ["shutdown, end of program", 30],
  J: ["initializer", 16],
  K: ["maxWorkers", 11],
  L: ["idle workers", 6],
  M: ["maxTasksPerWorker", 13],
  N: ["crashes", 24],
  O: ["what cannot be sent", 22],
  P: ["deadlocks", 16],
  Q: ["errors of workers", 13],
  R: ["terminating, killing", 12],
  S: ["isolated workers", 12],
  T: ["references, leaks", 13],
  U: ["surface of the module", 8],
};

const strings = /(["'`])(?:(?!\1)[^\\\n]|\\.)*\1/g;
const numbers = /\[([A-U]\d+)\]/g;
const label = /^["'`]([A-U]\d+)["'`]$/;

function numbersIn(text) {
  return [...text.matchAll(numbers)].map(([, number]) => number);
}

function testFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(folder, name));
}

const tested = new Set();
for (const file of testFiles(join(root, "packages/pool/test"))) {
  for (const [string] of readFileSync(file, "utf8").matchAll(strings)) {
    const [, labelled] = label.exec(string) ?? [];
    for (const number of labelled ? [labelled] : numbersIn(string)) tested.add(number);
  }
}
const explained = new Set(
  numbersIn(readFileSync(join(root, "docs/python-differences.md"), "utf8")),
);

const known = new Set();
const missing = [];
const total = { all: 0, tested: 0, explained: 0, missing: 0 };
console.log(`${"".padEnd(28)}   all tested explained missing`);
for (const [letter, [name, size]] of Object.entries(groups)) {
  const counts = { all: size, tested: 0, explained: 0, missing: 0 };
  for (let index = 1; index <= size; index += 1) {
    const number = `${letter}${index}`;
    known.add(number);
    if (tested.has(number)) counts.tested += 1;
    else if (explained.has(number)) counts.explained += 1;
    else {
      counts.missing += 1;
      missing.push(number);
    }
  }
  print(`${letter}  ${name}`, counts);
  for (const key of Object.keys(total)) total[key] += counts[key];
}
print("all", total);
if (missing.length > 0) console.log(`\nmissing: ${missing.join(" ")}`);

const strays = [...tested, ...explained].filter((number) => !known.has(number));
if (strays.length > 0) console.log(`\nnot in the catalogue: ${strays.join(" ")}`);

if (process.argv.includes("--strict") && missing.length + strays.length > 0) process.exitCode = 1;

function print(name, { all, tested: some, explained: others, missing: none }) {
  const columns = [String(all).padStart(5), String(some).padStart(6), String(others).padStart(9)];
  console.log(`${name.padEnd(28)} ${columns.join(" ")} ${String(none).padStart(7)}`);
}
