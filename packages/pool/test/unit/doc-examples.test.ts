import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import * as decoding from "../../src/codec/decode-error.js";
import * as encoding from "../../src/codec/encode-error.js";
import * as finding from "../../src/codec/find-uncloneable.js";
import * as root from "../../src/index.js";
import * as testing from "../../src/testing.js";
import * as worker from "../../src/worker.js";
import { findExamples, runExample } from "../support/doc-examples.js";

const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));
const published: Record<string, unknown> = { ...root, ...testing, ...worker };
const scope: Record<string, unknown> = { ...published, ...encoding, ...decoding, ...finding };

const examples = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) =>
    findExamples(readFileSync(join(SOURCES, file), "utf8")).map((found) => ({ file, ...found })),
  );

/** Compares as a test would: a wrong value in an example fails here. */
function check(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(expected);
}

describe("the example of", () => {
  test.each(examples)("$subject ($file:$line) says the truth", ({ code }) =>
    expect(runExample(code, scope, check)).resolves.toBeUndefined(),
  );
});

test("every exported class and function has an example", () => {
  const documented = new Set(examples.map(({ subject }) => subject));
  const exported = Object.keys(published).filter((name) => typeof published[name] === "function");
  expect(exported.length).toBeGreaterThan(10);
  expect(exported.filter((name) => !documented.has(name))).toEqual([]);
});

describe("an example", () => {
  test("is found with its subject and its lines", () => {
    const source = [
      "const before = 1;",
      "/**",
      " * Doubles.",
      " *",
      " * @example",
      " * const two = double(1);",
      " * two; // => 2",
      " * @throws {TypeError} Never.",
      " */",
      "export function double(n: number): number {",
    ].join("\n");
    expect(findExamples(source)).toEqual([
      { line: 6, subject: "double", code: "const two = double(1);\ntwo; // => 2" },
    ]);
  });

  test("fails when a value in it is wrong", async () => {
    // On a terminal the number has a colour.
    await expect(runExample("1 + 1; // => 3", {}, check)).rejects.toThrow(/Expected: .*3/);
    await expect(
      runExample("const n: number = 1;\nawait Promise.resolve({ n }); // => { n: 2 }", {}, check),
    ).rejects.toThrow("toEqual");
  });

  test("fails when a line with a check is never reached", async () => {
    const code = "try {\n  1 + 1;\n} catch (error) {\n  error; // => 1\n}";
    await expect(runExample(code, {}, check)).rejects.toThrow("never reached:   error; // => 1");
  });

  test("fails when it throws, or uses a name that the package does not export", async () => {
    await expect(runExample("missing(); // => 1", scope, check)).rejects.toThrow("missing");
  });

  test("fails when it checks nothing, or where the check cannot be understood", async () => {
    await expect(runExample("1 + 1;", {}, check)).rejects.toThrow("no line like");
    await expect(runExample("1; // => 1\nconst a = { // => 2\n};", {}, check)).rejects.toThrow(
      "does not follow",
    );
  });
});
