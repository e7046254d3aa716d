import { readdir, readFile } from "node:fs/promises";
import * as algorithms from "../../src/index.js";
import { expect, test } from "@jest/globals";

const sources = new URL("../../src/", import.meta.url);

/** The examples of the doc comments: lines of code, of which some say what they give. */
const examples = (
  await Promise.all(
    (await readdir(sources)).map(async (file) => {
      const text = await readFile(new URL(file, sources), "utf8");
      return [...text.matchAll(/@example\n(?<code>(?: \* .*\n)+)/g)].map(({ groups }) => ({
        file,
        code: (groups?.["code"] ?? "").replace(/^ \* /gm, ""),
      }));
    }),
  )
).flat();

test("every public function has an example", () => {
  const all = examples.map(({ code }) => code).join("");
  expect(Object.keys(algorithms).filter((name) => !all.includes(`${name}(`))).toEqual([]);
});

test.each(examples)("$file: $code", ({ code }) => {
  // Each line that ends with "; // => value" becomes a pair of what it gives and what it says that it gives.
  const checked = code.replace(/^(.*); \/\/ => (.*)$/gm, "pairs.push([$1, $2]);");
  const pairs: [unknown, unknown][] = [];
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code of our own comments
  const run = new Function("pairs", ...Object.keys(algorithms), checked) as (
    ...args: unknown[]
  ) => void;
  run(pairs, ...Object.values(algorithms));
  expect(pairs.length).toBeGreaterThan(0);
  for (const [given, said] of pairs) expect(given).toEqual(said);
});
