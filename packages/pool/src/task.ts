import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { describe } from "./internal/validate.js";

/** Where a worker finds a task by itself: the module's URL and the name it is exported under. */
export interface TaskReference {
  readonly module: string;
  readonly export: string;
}

/** Holds the reference on a task; registered, so that both copies of this package know each other's tasks. */
const reference: unique symbol = Symbol.for("@concur/pool.task") as never;

/**
 * Is a function that can be named: any executor can run it, also one whose workers share no memory with the
 * caller. Python pickles functions in the same way, by module and name.
 *
 * Made by `defineTasks` and `importTasks`; an ordinary function is not a Task.
 */
export type Task<A extends unknown[], R> = ((...args: A) => R) & {
  readonly [reference]: TaskReference;
};

/** The same record of functions, each of them a Task. */
export type TasksOf<T> = {
  readonly [K in keyof T as T[K] extends (...args: never) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? T[K] & Task<A, R>
    : never;
};

/**
 * Names the functions of this module as tasks. Export each under the name it has here.
 *
 * The functions stay what they are and can be called as before.
 *
 * @param module - `import.meta.url`, or `__filename` in CommonJS.
 * @throws {TypeError} For anything but a module address and functions.
 * @example
 * const tasks = defineTasks(import.meta.url, { double: (n: number) => n * 2 });
 * tasks.double(21); // => 42
 */
export function defineTasks<T extends Record<string, (...args: never) => unknown>>(
  module: string | URL,
  functions: T,
): T & TasksOf<T> {
  const address = moduleAddress("defineTasks()", module);
  for (const [name, fn] of Object.entries(functions)) {
    if (typeof fn !== "function") {
      throw new TypeError(`defineTasks() takes functions; '${name}' is ${describe(fn)}`);
    }
    Object.defineProperty(fn, reference, {
      value: { module: address, export: name } satisfies TaskReference,
    });
  }
  return functions as T & TasksOf<T>;
}

/**
 * Names the exports of another module as tasks, without loading it here and without touching it.
 *
 * Any property of the result is a task, except `then` and symbols; whether the module has such an export is found
 * out where the task runs.
 *
 * @param module - A `file:` URL or an absolute path, such as `import.meta.resolve("some-package")`.
 * @throws {TypeError} For anything else.
 * @example
 * const tasks = importTasks<{ isPrime(n: number): boolean }>(new URL("primes.js", import.meta.url));
 * tasks.isPrime.name; // => "isPrime"
 */
export function importTasks<T>(module: string | URL): TasksOf<T> {
  const address = moduleAddress("importTasks()", module);
  const known = new Map<string, object>();
  return new Proxy(Object.create(null) as TasksOf<T>, {
    get(_target, name) {
      if (typeof name === "symbol" || name === "then") return undefined;
      let task = known.get(name);
      if (task === undefined) {
        task = referTo({ module: address, export: name });
        known.set(name, task);
      }
      return task;
    },
  });
}

/** Gives the reference of a task, or undefined for an ordinary function. */
export function taskReference(task: unknown): TaskReference | undefined {
  return typeof task === "function" && reference in task
    ? (task[reference] as TaskReference)
    : undefined;
}

/** References made by `importTasks`: their function is elsewhere. */
const imported = new WeakSet<object>();

/** Says whether the function itself must be fetched from its module before it can be called here. */
export function isImported(task: object): boolean {
  return imported.has(task);
}

function referTo(target: TaskReference): object {
  const stand = (): never => {
    throw new TypeError(
      `'${target.export}' is a task of ${target.module}: submit it to an executor, or import it to call it`,
    );
  };
  Object.defineProperty(stand, "name", { value: target.export });
  Object.defineProperty(stand, reference, { value: target });
  imported.add(stand);
  return stand;
}

function moduleAddress(where: string, module: string | URL): string {
  const text = module instanceof URL ? module.href : module;
  if (typeof text === "string" && text.startsWith("file:")) return new URL(text).href;
  if (typeof text === "string" && isAbsolute(text)) return pathToFileURL(text).href;
  throw new TypeError(
    `${where} takes import.meta.url, another file: URL or an absolute path, not ${describe(text)}`,
  );
}
