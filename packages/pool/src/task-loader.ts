import { existsSync } from "node:fs";
import { missingPermission } from "./internal/permission.js";
import type { TaskReference } from "./task.js";

/** Anything with arguments, once its types have been checked at the door. */
export type Callable = (...args: unknown[]) => unknown;

/**
 * Loads the function that a reference names, by the same rules in a worker and in this thread: among the exports of its module, or
 * else on the default export, where a CommonJS module has the names that Node cannot foresee. A default export that was compiled to
 * CommonJS is the `default` of the default export.
 *
 * @param importModule - Gives what `import()` gives for a module.
 * @throws {TypeError} When the module has no such function of its own: `constructor` or `__proto__` is nobody's export.
 */
export async function loadExport(
  { module, export: name }: TaskReference,
  importModule: (url: string) => Promise<unknown>,
): Promise<Callable> {
  const namespace = await imported(module, importModule);
  const byDefault = defaultOf(namespace);
  const found =
    ownFunction(namespace, name) ??
    ownFunction(byDefault, name) ??
    ownFunction(defaultOf(byDefault), name);
  if (found === undefined) {
    throw new TypeError(`${module} has no function '${name}' among its exports`);
  }
  return found;
}

async function imported(
  module: string,
  importModule: (url: string) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await importModule(module);
  } catch (error) {
    const advice = adviceOn(module, error);
    if (advice === undefined) throw error;
    const told = new TypeError(advice, { cause: error });
    throw Object.assign(told, { code: codeOf(error) });
  }
}

/** What to do where Node's own words do not say it, in one line. */
function adviceOn(module: string, error: unknown): string | undefined {
  const flag = missingPermission(error);
  if (flag !== undefined) {
    return `the module of the task, ${module}, could not be loaded: Node's permission model asks for ${flag}`;
  }
  const isMissing = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ENOENT"].includes(codeOf(error));
  if (!isMissing || existsSync(new URL(module))) return undefined;
  return `the module of the task, ${module}, is not there; if a bundler wrote that in place of 'import.meta.url' (as webpack and Next do), make the tasks an entry of their own and name that with importTasks()`;
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

function defaultOf(holder: unknown): unknown {
  return isHolder(holder) && Object.hasOwn(holder, "default")
    ? (holder as { default: unknown }).default
    : undefined;
}

function ownFunction(holder: unknown, name: string): Callable | undefined {
  if (!isHolder(holder) || !Object.hasOwn(holder, name)) return undefined;
  const found = (holder as Record<string, unknown>)[name];
  return typeof found === "function" ? (found as Callable) : undefined;
}

function isHolder(value: unknown): value is object {
  return (typeof value === "object" || typeof value === "function") && value !== null;
}
