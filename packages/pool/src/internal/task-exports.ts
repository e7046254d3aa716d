import type { TaskReference } from "../task.js";

/** Anything with arguments, once its types have been checked at the door. */
export type Callable = (...args: unknown[]) => unknown;

/**
 * Finds the function that a reference names in its module, by the same rules in a worker and in this thread: among the exports,
 * or else on the default export, where a CommonJS module has the names that Node cannot foresee.
 *
 * @param loaded - What `import()` or `require` gave.
 * @throws {TypeError} When the module has no such function of its own: `constructor` or `__proto__` is nobody's export.
 */
export function exportedTask(loaded: unknown, { module, export: name }: TaskReference): Callable {
  const found = ownFunction(loaded, name) ?? ownFunction(defaultOf(loaded), name);
  if (found === undefined) {
    throw new TypeError(`${module} has no function '${name}' among its exports`);
  }
  return found;
}

function defaultOf(loaded: unknown): unknown {
  return typeof loaded === "object" && loaded !== null && "default" in loaded
    ? loaded.default
    : undefined;
}

function ownFunction(holder: unknown, name: string): Callable | undefined {
  if ((typeof holder !== "object" && typeof holder !== "function") || holder === null)
    return undefined;
  if (!Object.hasOwn(holder, name)) return undefined;
  const found = (holder as Record<string, unknown>)[name];
  return typeof found === "function" ? (found as Callable) : undefined;
}
