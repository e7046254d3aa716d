// Compares docs/behaviours.md with the tests of @concur/pool, and prints how many behaviours have a test. A test has a
// number where that stands in its title, as `[D7]`, or is what a row of a table puts there, as "D7".
//   node scripts/behaviours.mjs [FOLDER] [--strict]
// FOLDER is a repository (default: this one). With --strict, whatever page and tests disagree about ends it with code 1:
// a number that a test or docs/python-differences.md has and the page has not; an entry that claims to be tested and is
// not, or to be untested and is; an entry that is missing, out of order or has another's anchor.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const { argv } = process;
const [folder = fileURLToPath(new URL("..", import.meta.url))] = argv
  .slice(2)
  .filter((word) => !word.startsWith("-"));

const strings = /(["'`])(?:(?!\1)[^\\\n]|\\.)*\1/g;
const numbers = /\[([A-Y]\d+)\]/g;
/** A string that is an element of a list: a number in the row of a table. */
const inRow = /^\s*[,\]]/;
const label = /^["'`]([A-Y]\d+)["'`]$/;

function read(path) {
  return readFileSync(join(folder, path), "utf8");
}

function numbersIn(text) {
  return [...text.matchAll(numbers)].map(([, number]) => number);
}

/** The numbers in the titles of the tests. */
function readTested() {
  const tested = new Set();
  const names = readdirSync(join(folder, "packages/pool/test"), { recursive: true });
  for (const name of names) {
    if (!name.endsWith(".ts") || name.endsWith(".d.ts")) continue;
    const text = read(join("packages/pool/test", name));
    for (const { 0: string, index } of text.matchAll(strings)) {
      const [, labelled] = label.exec(string) ?? [];
      if (labelled === undefined) for (const number of numbersIn(string)) tested.add(number);
      else if (inRow.test(text.slice(index + string.length))) tested.add(labelled);
    }
  }
  return tested;
}

/** The groups of the page with their entries. */
function readPage() {
  const groups = [];
  const heading = /^## ([A-Y])\. (.*)$/;
  const entry = /^- <a id="(\w+)"><\/a>\*\*([A-Y]\d+)\*\* (\*\*(?:Not here|No test)\.\*\* )?(?=\S)/;
  for (const line of read("docs/behaviours.md").split("\n")) {
    const [, letter, title] = heading.exec(line) ?? [];
    if (letter !== undefined) groups.push({ letter, title, entries: [] });
    const [, anchor, number, mark] = entry.exec(line) ?? [];
    if (number !== undefined) {
      groups.at(-1)?.entries.push({ anchor, number, claimsTest: mark === undefined });
    }
  }
  return groups;
}

const tested = readTested();
const groups = readPage();
const faults = [];
const known = new Set();
const total = { all: 0, tested: 0, without: 0 };

console.log(`${"".padEnd(36)}   all tested without`);
for (const { letter, title, entries } of groups) {
  const counts = { all: entries.length, tested: 0, without: 0 };
  for (const [index, { anchor, number, claimsTest }] of entries.entries()) {
    known.add(number);
    if (number !== `${letter}${index + 1}`) {
      faults.push(`${number} stands where ${letter}${index + 1} should`);
    }
    if (anchor !== number.toLowerCase()) faults.push(`${number} has the anchor ${anchor}`);
    const has = tested.has(number);
    counts[has ? "tested" : "without"] += 1;
    if (has && !claimsTest) faults.push(`${number} has a test, and the page says that it has none`);
    if (!has && claimsTest) faults.push(`${number} has no test, and the page does not say why`);
  }
  print(`${letter}  ${title.replaceAll("`", "")}`, counts);
  for (const key of Object.keys(total)) total[key] += counts[key];
}
print("all", total);
if (known.size === 0) faults.push("the page has no entries");

const sources = {
  "a test": tested,
  "python-differences.md": numbersIn(read("docs/python-differences.md")),
};
for (const [source, named] of Object.entries(sources)) {
  for (const number of named) {
    if (!known.has(number)) faults.push(`${number} is in ${source} and not on the page`);
  }
}

if (faults.length > 0) console.log(`\n${faults.join("\n")}`);
if (argv.includes("--strict") && faults.length > 0) process.exitCode = 1;

function print(name, { all, tested: some, without }) {
  const columns = [String(all).padStart(5), String(some).padStart(6), String(without).padStart(7)];
  console.log(`${name.padEnd(36)} ${columns.join(" ")}`);
}
