import { apply } from "../../internal/platform.js";
import type { Callable } from "./task-table.js";

/**
 * Puts `restore` around a task: the first of the arguments is what the caller's `capture` gave, the rest is the task's own.
 */
export function withContext(task: Callable, restore: Callable): Callable {
  return (captured, ...args) => restore(captured, (): unknown => apply(task, undefined, args));
}
