import { InvalidStateError } from "./errors.js";
import { currentCall, type TaskContext } from "./local/task-context.js";

export type { TaskContext } from "./local/task-context.js";

/**
 * Gives what the task at hand can know of its own call: the signal that asks it to stop, a way to report progress,
 * its name and its worker.
 *
 * @throws {InvalidStateError} Outside a task.
 * @example
 * const executor = new InlineExecutor();
 * await executor.with({ name: "hello" }).run(() => currentTask().name); // => "hello"
 */
export function currentTask(): TaskContext {
  const current = currentCall.getStore();
  if (current === undefined) {
    throw new InvalidStateError("currentTask() works inside a task that an executor runs, only");
  }
  return current.context();
}
