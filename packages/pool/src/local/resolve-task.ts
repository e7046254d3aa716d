import { describe } from "../internal/validate.js";
import { isImported, taskSource } from "../task.js";

/** Anything with arguments, once its types have been checked at the door. */
export type Callable = (...args: unknown[]) => unknown;

/**
 * Gives what is to be called in this thread for `task`: the function itself, or one that first loads the module
 * which `importTasks` named.
 *
 * @throws {TypeError} For anything but a function.
 */
export function resolveTask(task: unknown): { run: Callable; name: string } {
  if (typeof task !== "function") {
    throw new TypeError(`submit() takes a function to call, not ${describe(task)}`);
  }
  const source = taskSource(task);
  const name = task.name === "" ? "anonymous" : task.name;
  if (source === undefined || "text" in source || !isImported(task))
    return { run: task as Callable, name };
  const run: Callable = async (...args) => {
    const loaded = (await import(source.module)) as Record<string, unknown>;
    // Own names only: "constructor" or "__proto__" is no export of anybody's.
    const found = Object.hasOwn(loaded, source.export) ? loaded[source.export] : undefined;
    if (typeof found !== "function") {
      throw new TypeError(`${source.module} has no function '${source.export}'`);
    }
    return (found as Callable)(...args);
  };
  return { run, name };
}
