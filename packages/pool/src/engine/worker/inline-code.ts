import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { compileFunction, constants } from "node:vm";
import { importsModules } from "../../internal/inline-text.js";
import { dropWarnings } from "../../internal/platform.js";
import type { InlineSource } from "../../task.js";
import type { Callable } from "../../task-loader.js";

/**
 * What tools write into functions and that does no harm, by the names they use: compilers that keep names (esbuild, tsx) call a
 * helper, Vite has one for `import()`.
 */
const HELPERS =
  "const __name = (fn) => fn, __vite_ssr_dynamic_import__ = (name) => import(__found(name));";

/** The counters that tools for coverage (Istanbul, as in Jest and Vitest) put before each statement. */
const COUNTER = /\bcov_\w+(?=\(\))/;
const NO_COUNTS = "new Proxy({}, { get: () => 0, set: () => true })";
const NO_COVERAGE = `() => ({ s: ${NO_COUNTS}, f: ${NO_COUNTS}, b: new Proxy({}, { get: () => ${NO_COUNTS} }) })`;

/** What the text is called in stacks. */
const NAME = "inline-task.js";

/** Makes a function of its text, in the global scope: it can use what it declares, imports, or finds there. */
export function compileInline({ text, file }: InlineSource): Callable {
  const counter = COUNTER.exec(text)?.[0];
  const coverage = counter === undefined ? "" : `const ${counter} = ${NO_COVERAGE};`;
  if (importsModules(text)) dropWarning();
  const program = `"use strict"; ${HELPERS} ${coverage} return (${text});`;
  const evaluate = compileFunction(program, ["__found"], {
    // Where `import()` begins to look: beside its file. Not that file, of which the lines in stacks would be others.
    filename: file?.replace(/[^/\\]*$/, NAME) ?? NAME,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as (found: (name: string) => string) => Callable;
  return evaluate((name) => foundByVite(name, file));
}

/**
 * What Vite has made of the name of a module: `/@fs/` and a path, or a path below the folder of the project, which is that of the file
 * or one above it.
 */
function foundByVite(name: string, file: string | undefined): string {
  if (name.startsWith("/@fs/")) return name.slice("/@fs".length);
  if (!name.startsWith("/") || file === undefined || existsSync(name)) return name;
  const path = file.startsWith("file:") ? fileURLToPath(file) : file;
  let folder = dirname(path);
  while (!existsSync(join(folder, name)) && folder !== dirname(folder)) folder = dirname(folder);
  const found = join(folder, name);
  return existsSync(found) ? found : name;
}

let isDropped = false;

/** Node warns that the one way to let `import()` begin at a file is experimental. Whoever wrote the task did not choose it. */
function dropWarning(): void {
  if (!isDropped) dropWarnings("vm.USE_MAIN_CONTEXT_DEFAULT_LOADER");
  isDropped = true;
}

/** Says of an error about a missing name that the function was sent as text, which its author may not know. */
export function explainMissingName(error: unknown): unknown {
  try {
    if (!types.isNativeError(error) || error.name !== "ReferenceError") return error;
    const { message, stack } = error;
    if (!/^\S+ is not defined$/.test(message)) return error;
    // What a module throws that the task has imported is none of its text.
    const first = /^\s*at .*/m.exec(stack ?? "")?.[0] ?? "";
    if (stack === undefined || !first.includes(NAME)) return error;
    const explained = `${message}: the task was sent as text, and sees nothing of the file where it is written; defineTasks() keeps it there`;
    error.message = explained;
    error.stack = stack.replace(message, () => explained);
  } catch {
    // It is as it was thrown.
  }
  return error;
}
