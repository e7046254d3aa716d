import { describe } from "../../internal/validate.js";
import { taskSource, type TaskSource } from "../../task.js";
import type { TaskEntry } from "../shared/messages.js";

/** Gives each task of an executor a number, which is all that travels with a call. */
export class TaskRegistry {
  readonly entries: TaskEntry[] = [];
  readonly #ids = new WeakMap<object, number>();
  readonly #idsByKey = new Map<string, number>();

  readonly #restore: TaskSource | undefined;

  /** @param restore - What puts the caller's context around each task, where it is carried along. */
  constructor(restore: TaskSource | undefined) {
    this.#restore = restore;
  }

  /** @throws {TypeError} For an ordinary function, or no function at all. */
  idOf(task: object): number {
    const known = this.#ids.get(task);
    if (known !== undefined) return known;
    const source = sourceOf(task);
    const key = "text" in source ? source.text : `${source.module}#${source.export}`;
    let id = this.#idsByKey.get(key);
    if (id === undefined) {
      id = this.entries.length;
      this.entries.push({
        source,
        name: (task as { name?: string }).name ?? "",
        restore: this.#restore,
      });
      this.#idsByKey.set(key, id);
    }
    this.#ids.set(task, id);
    return id;
  }
}

/** Says how a worker finds a task. */
export function sourceOf(task: unknown): TaskSource {
  const source = taskSource(task);
  if (source !== undefined) return source;
  if (typeof task === "function") {
    throw new TypeError(
      `a worker cannot reach the function '${task.name}': export it and name it with defineTasks() or importTasks(), or wrap it in inlineTask()`,
    );
  }
  throw new TypeError(`submit() takes a task, not ${describe(task)}`);
}
