// Compares docs/sync-behaviours.md with the titles of the tests of @concur/sync, and prints how many behaviours have a test.
//   node packages/sync/scripts/behaviours.mjs
// It ends with code 1 where a number has no test or no entry, or stands in a wrong place.
import { readdirSync, readFileSync } from "node:fs";

const page = readFileSync(new URL("../../../docs/sync-behaviours.md", import.meta.url), "utf8");
const tests = new URL("../test/", import.meta.url);
const tested = new Set();
for (const name of readdirSync(tests, { recursive: true })) {
  if (!String(name).endsWith(".test.ts")) continue;
  const text = readFileSync(new URL(name, tests), "utf8");
  for (const [title] of text.matchAll(/(["'`])\[[A-Z]\d+\].*\1/g)) {
    for (const [, number] of title.matchAll(/\[([A-Z]\d+)\]/g)) tested.add(number);
  }
}

const entries = [...page.matchAll(/^- <a id="(\w+)"><\/a>\*\*([A-Z])(\d+)\*\* /gm)];
const faults = [];
const known = new Set();
let last = { letter: "", count: 0 };
for (const [, anchor, letter, digits] of entries) {
  const number = letter + digits;
  last = { letter, count: letter === last.letter ? last.count + 1 : 1 };
  if (Number(digits) !== last.count) faults.push(`${number} is out of order`);
  if (anchor !== number.toLowerCase()) faults.push(`${number} has the anchor ${anchor}`);
  if (!tested.has(number)) faults.push(`${number} has no test`);
  known.add(number);
}
for (const number of tested) if (!known.has(number)) faults.push(`${number} is not on the page`);
for (const [, number] of page.matchAll(/\[([A-Z]\d+)\]/g)) {
  if (!known.has(number)) faults.push(`the differences name ${number}, which is not on the page`);
}

console.log(
  `${known.size} behaviours, ${[...known].filter((one) => tested.has(one)).length} with a test`,
);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
