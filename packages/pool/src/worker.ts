import { InvalidStateError } from "./errors.js";
import { noteMove } from "./internal/moves.js";
import { callStore, type TaskContext } from "./internal/task-context.js";

export type { TaskContext } from "./internal/task-context.js";

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
  const current = callStore().getStore();
  if (current === undefined) {
    throw new InvalidStateError("currentTask() works inside a task that an executor runs, only");
  }
  return current.context();
}

/**
 * Marks a task's value so that objects in it are moved to the caller instead of copied. In an executor of the caller's
 * own thread nothing is copied anyway.
 *
 * @param transfer - The buffers, ports and other transferable objects in `value`; default: its own buffer, for a view of
 *   one, or itself.
 * @returns The value.
 * @example
 * const bytes = new Uint8Array([1, 2, 3]);
 * move(bytes) === bytes; // => true
 */
export function move<T extends object>(value: T, transfer?: readonly object[]): T {
  noteMove(value, transfer ?? [ArrayBuffer.isView(value) ? value.buffer : value]);
  return value;
}
