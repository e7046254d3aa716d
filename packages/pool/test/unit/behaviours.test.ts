import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "@jest/globals";

const SCRIPT = fileURLToPath(new URL("../../../../scripts/behaviours.mjs", import.meta.url));

/** Runs the script that compares docs/behaviours.md with the titles of the tests. */
function compare(...folders: string[]): { status: number | null; faults: string[] } {
  const { status, stdout } = spawnSync(process.execPath, [SCRIPT, ...folders, "--strict"], {
    encoding: "utf8",
  });
  return { status, faults: stdout.split("\n").filter((line) => /^[A-X]\d+ |^the page/.test(line)) };
}

test("every number in the title of a test is in docs/behaviours.md, and what that calls tested is", () => {
  expect(compare()).toEqual({ status: 0, faults: [] });
});

describe("docs/behaviours.md disagrees with the tests", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  function faultsOf(page: string[], tests: string, differences = ""): unknown {
    const folder = mkdtempSync(join(tmpdir(), "concur-behaviours-"));
    folders.push(folder);
    const files = {
      "docs/behaviours.md": ["## A. Some", "", ...page, ""].join("\n"),
      "docs/python-differences.md": differences,
      "packages/pool/test/unit/some.test.ts": tests,
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return compare(folder);
  }

  const A1 = '- <a id="a1"></a>**A1** Holds.';
  const A2 = '- <a id="a2"></a>**A2** **Not here.** Python only.';
  const TESTED = 'test("[A1] holds", () => {});';

  test("not, where each entry has its test or says why not", () => {
    expect(faultsOf([A1, A2], TESTED, "kept [A1]")).toEqual({ status: 0, faults: [] });
  });

  test("not, where a test has the number in the row of a table", () => {
    expect(faultsOf([A1], 'test.each([[{}, "A1"]])("%s", () => {});')).toHaveProperty("status", 0);
  });

  test.each([
    [
      "a number of a test is missing",
      [A1],
      `${TESTED} // "[A3] "`,
      "A3 is in a test and not on the page",
    ],
    ["an entry has no test", [A1], "", "A1 has no test, and the page does not say why"],
    [
      "a text looks like a number",
      [A1],
      'test("x", () => ({ code: "A1" }));',
      "A1 has no test, and the page does not say why",
    ],
    [
      "an entry denies its test",
      [A1, A2],
      `${TESTED} test("[A2] x", () => {});`,
      "A2 has a test, and the page says that it has none",
    ],
    ["an entry was lost", [A2], "", "A2 stands where A1 should"],
    ["an anchor is another's", [A1.replace("a1", "a2")], TESTED, "A1 has the anchor a2"],
    ["there are no entries", [], "", "the page has no entries"],
  ])("when %s", (_case, page, tests, fault) => {
    expect(faultsOf(page, tests)).toEqual({ status: 1, faults: [fault] });
  });

  test("when python-differences.md names what it has not", () => {
    expect(faultsOf([A1], TESTED, "lost [A9]")).toEqual({
      status: 1,
      faults: ["A9 is in python-differences.md and not on the page"],
    });
  });
});
