import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";

// The page of faults that were seen from outside: each has a test, whichever package it stands in.
const ROOT = new URL("../../../../", import.meta.url);
const PAGE = readFileSync(new URL("docs/faults-seen-from-outside.md", ROOT), "utf8");
const ROWS = [...PAGE.matchAll(/^\| ([DS]\d+) .*\| `([^`]+)`: (.*?) *\|$/gm)].map(
  ([, number = "", file = "", title = ""]) => ({ number, file, title }),
);

describe("docs/faults-seen-from-outside.md", () => {
  test("has all of them", () => {
    const missing = (letter: string, last: number, none: readonly number[]) =>
      Array.from({ length: last }, (_, index) => index + 1)
        .filter((number) => !none.includes(number))
        .map((number) => `${letter}${number}`)
        .filter((number) => !ROWS.some((row) => row.number === number));
    // The others were never given, or are no faults.
    expect(missing("D", 22, [1, 12, 20])).toEqual([]);
    expect(missing("S", 11, [7, 10])).toEqual([]);
  });

  test.each(ROWS)("$number has a test: $title", ({ file, title }) => {
    const source = readFileSync(new URL(file, ROOT), "utf8");
    const quoted = ['"', "`"].some((quote) => source.includes(`${quote}${title}`));
    expect(quoted ? title : `no such test in ${file}`).toBe(title);
  });
});
