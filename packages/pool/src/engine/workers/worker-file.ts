import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "../../internal/validate.js";
import { besideThisFile } from "./worker-url.js";

/** The programs that workers run, with the files that each of them needs. */
const NEEDED = {
  "worker-entry.cjs": "it",
  "child-entry.cjs": "it and recall-thread.cjs",
} as const;

type Program = keyof typeof NEEDED;

/**
 * Finds the program of the workers: where the options say, beside this package's own file or the bundle that it was built into,
 * beside the program, or in the installed package.
 *
 * @param given - The option `workerUrl`.
 * @throws {TypeError} When it is nowhere. The message says what to do.
 */
export function findWorkerFile(program: Program, given: unknown): string {
  if (given !== undefined) return fileAt(given);
  for (const find of [besideThisFile, besideTheProgram, inThePackage]) {
    const path = find(program);
    if (path !== undefined && canBeThere(path)) return path;
  }
  throw new TypeError(
    `${program} of @concur/pool is not beside the program, which was bundled: copy ${NEEDED[program]} there from node_modules/@concur/pool/dist, or give its place as workerUrl`,
  );
}

function fileAt(given: unknown): string {
  const text: unknown =
    typeof given === "object" && given !== null ? Reflect.get(given, "href") : given;
  if (typeof text !== "string") {
    throw new TypeError(`workerUrl must be a URL or a path, not ${describe(given)}`);
  }
  if (/^(?!file:)[a-z][a-z0-9+.-]+:/i.test(text)) {
    throw new TypeError(`workerUrl must be a file: URL or a path, not ${describe(given)}`);
  }
  const path = text.startsWith("file:") ? fileURLToPath(text) : resolve(text);
  if (!canBeThere(path)) throw new TypeError(`workerUrl: there is no file ${path}`);
  return path;
}

function besideTheProgram(name: string): string | undefined {
  const [, program] = process.argv;
  return program === undefined ? undefined : join(dirname(resolve(program)), name);
}

function inThePackage(name: string): string | undefined {
  const [, program = "."] = process.argv;
  try {
    const find = createRequire(resolve(program));
    return find.resolve(`@concur/pool/${name}`);
  } catch {
    return undefined;
  }
}

/** With Node's permission model nobody may ask, and whoever starts a worker is told. */
function canBeThere(path: string): boolean {
  return (
    Reflect.has(process, "permission") ||
    statSync(path, { throwIfNoEntry: false })?.isFile() === true
  );
}
