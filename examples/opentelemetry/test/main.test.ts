import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "@jest/globals";

const execute = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Line {
  readonly text: string;
  readonly depth: number;
}

describe("the program", () => {
  let stdout = "";
  let lines: Line[] = [];

  beforeAll(async () => {
    ({ stdout } = await execute(process.execPath, [here("../src/main.js")]));
    lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => ({ text: line.trim(), depth: line.search(/\S/) / 2 }));
  });

  /** The spans that lie directly below one. */
  function childrenOf(parent: string): string[] {
    const at = lines.findIndex(({ text }) => text === parent);
    const depth = lines[at]?.depth ?? NaN;
    const after = lines.slice(at + 1);
    const end = after.findIndex((line) => line.depth <= depth);
    return after
      .slice(0, end)
      .filter((line) => line.depth === depth + 1)
      .map(({ text }) => text);
  }

  test("makes one trace with one root", () => {
    expect(lines.at(-1)?.text).toBe("same trace: true");
    const roots = lines.slice(0, -1).filter(({ depth }) => depth === 0);
    expect(roots.map(({ text }) => text)).toEqual(["request (main thread)"]);
  });

  test("has the caller's span as the parent of what a task does in a worker", () => {
    expect(childrenOf("request (main thread)")).toEqual([
      "countPrimes (worker thread)",
      "call of small one (main thread)",
    ]);
    expect(childrenOf("countPrimes (worker thread)")).toEqual(["sieve (worker thread)"]);
  });

  test("puts the span of a call, made from the diagnostics channel, between the two", () => {
    expect(childrenOf("call of small one (main thread)")).toEqual(["countPrimes (worker thread)"]);
  });

  test("prints what its page shows", async () => {
    const page = await readFile(here("../README.md"), "utf8");
    expect(page).toContain(`\`\`\`text\n${stdout}\`\`\``);
  });
});
