import { apply } from "../internal/platform.js";
import { loadExport, type Callable } from "../task-loader.js";
import { describe } from "../internal/validate.js";
import { isImported, taskSource } from "../task.js";

export type { Callable };

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
    const fn = await loadExport(source, (url) => import(url));
    return apply(fn, undefined, args);
  };
  return { run, name };
}
