import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { transformSync } from "@swc/core";
import * as sync from "../../src/index.js";

const sources = new URL("../../src/", import.meta.url);

/** The examples of the doc comments: lines of code, of which some say what they give. */
const examples = (
  await Promise.all(
    (await readdir(sources))
      .filter((file) => file.endsWith(".ts"))
      .map(async (file) => {
        const text = await readFile(new URL(file, sources), "utf8");
        return [...text.matchAll(/@example\n(?<code>(?: +\* .*\n)+)/g)].map(({ groups }) => ({
          file,
          code: (groups?.["code"] ?? "").replace(/^ +\* /gm, ""),
        }));
      }),
  )
).flat();

test("every class has an example", () => {
  const all = examples.map(({ code }) => code).join("");
  expect(Object.keys(sync).filter((name) => !all.includes(name))).toEqual([]);
});

test.each(examples)("$file: $code", async ({ code }) => {
  // Each line that ends with "; // => value" becomes a pair of what it gives and what it says that it gives.
  const checked = code.replace(/^( *)(.*); \/\/ => (.*)$/gm, "$1pairs.push([$2, $3]);");
  const body = `(async (pairs, ${Object.keys(sync).join(", ")}) => {\n${checked}\n})`;
  const js = transformSync(body, {
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  }).code;
  const pairs: [unknown, unknown][] = [];
  // The code of our own comments.
  const run = (0, eval)(js) as (...args: unknown[]) => Promise<void>;
  await run(pairs, ...Object.values(sync));
  expect(pairs.length).toBeGreaterThan(0);
  for (const [given, said] of pairs) expect(given).toEqual(said);
});
