import { compileFunction } from "node:vm";
import { transformSync } from "@swc/core";

/** An `@example` of a doc comment: where it stands, what it documents, and its lines. */
export interface DocExample {
  readonly line: number;
  readonly subject: string;
  readonly code: string;
}

const COMMENT = /\/\*\*([\s\S]*?)\*\/\s*([^\n]*)/g;
const EXPECTATION = /^(\s*)(.+); \/\/ => (.+)$/;

/** Finds the examples of a source file. */
export function findExamples(source: string): DocExample[] {
  return [...source.matchAll(COMMENT)].flatMap((found) => {
    const [, comment = "", declaration = ""] = found;
    const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, ""));
    const start = lines.findIndex((line) => line.trim() === "@example");
    if (start === -1) return [];
    const after = lines.slice(start + 1);
    const end = after.findIndex((line) => line.startsWith("@"));
    const code = (end === -1 ? after : after.slice(0, end)).join("\n").trimEnd();
    const line = source.slice(0, found.index).split("\n").length + start + 1;
    return [{ line, subject: nameOf(declaration), code }];
  });
}

/** Gives the name that a declaration declares. */
function nameOf(declaration: string): string {
  return /(?:class|function|const|interface|type) (\w+)/.exec(declaration)?.[1] ?? declaration;
}

/**
 * Runs an example with the names of `scope` in reach, and calls `check` for each line `expression; // => value`.
 *
 * It throws when the example checks nothing, when a line with a check is never reached, or where a `// =>` does not
 * stand behind an expression of one line.
 */
export async function runExample(
  code: string,
  scope: Readonly<Record<string, unknown>>,
  check: (actual: unknown, expected: unknown) => void,
): Promise<void> {
  const unreached = new Set<number>();
  const lines = code.split("\n").map((line, index) =>
    line.replace(EXPECTATION, (_line, indent: string, actual: string, expected: string) => {
      unreached.add(index);
      return `${indent}__check(${index}, ${actual}, (${expected}));`;
    }),
  );
  const text = lines.join("\n");
  if (unreached.size === 0)
    throw new Error("the example has no line like: expression; // => value");
  if (text.includes("// =>")) throw new Error("a // => does not follow an expression of one line");
  const checkLine = (index: number, actual: unknown, expected: unknown): void => {
    unreached.delete(index);
    check(actual, expected);
  };
  await compile(text, ["__check", ...Object.keys(scope)])(checkLine, ...Object.values(scope));
  for (const index of unreached) throw new Error(`never reached: ${code.split("\n")[index] ?? ""}`);
}

/** Makes a function of the lines, without their types. */
function compile(text: string, names: readonly string[]): (...values: unknown[]) => Promise<void> {
  // The example becomes the body of a function, where there is no import.meta.
  const body = text.replaceAll("import.meta.url", JSON.stringify(import.meta.url));
  const { code } = transformSync(`async function example() {\n${body}\n}`, {
    jsc: {
      parser: { syntax: "typescript" },
      target: "es2022",
    },
    isModule: false,
  });
  return compileFunction(`${code}\nreturn example();`, names) as (
    ...values: unknown[]
  ) => Promise<void>;
}
