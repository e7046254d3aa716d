import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { importsModules } from "./internal/inline-text.js";
import { callerOf } from "./internal/stack.js";
import { describe } from "./internal/validate.js";

/** Where a worker finds a task by itself: the module's URL and the name it is exported under. */
export interface TaskReference {
  readonly module: string;
  readonly export: string;
}

/** A function as text. */
export interface InlineSource {
  readonly text: string;
  /** Where it is written, if it imports something. */
  readonly file?: string | undefined;
}

/** How a worker comes by the function of a task: it imports it, or makes it of its text. */
export type TaskSource = TaskReference | InlineSource;

/** Holds the source on a task; a name and not a symbol, so that both copies of this package know each other's tasks. */
const brand = "@concur/pool.task";

/**
 * Is a function that can be named: any executor can run it, also one whose workers share no memory with the
 * caller. Python pickles functions in the same way, by module and name.
 *
 * Made by `defineTasks`, `importTasks` and `inlineTask`; an ordinary function is not a Task.
 */
export type Task<A extends unknown[], R> = ((...args: A) => R) & {
  readonly [brand]: TaskSource;
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
 * The type itself. Where a result of `defineTasks` is taken apart, `const { f } = defineTasks(…)`, TypeScript would guess the types of the
 * functions by that pattern as well, and turn what is generic into `never`; it does not look through a conditional type.
 */
type AsTheyAre<T> = T extends infer U ? U : never;

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
): AsTheyAre<T & TasksOf<T>> {
  const address = moduleAddress("defineTasks()", module);
  for (const [name, fn] of Object.entries(functions)) {
    if (typeof fn !== "function") {
      throw new TypeError(`defineTasks() takes functions; '${name}' is ${describe(fn)}`);
    }
    mark("defineTasks()", fn, { module: address, export: name });
  }
  return functions as AsTheyAre<T & TasksOf<T>>;
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

/**
 * Makes a task of a self-contained function, which is sent to each worker once, as text.
 *
 * The function sees nothing of the place where it is written: neither variables nor imports, only its parameters, its
 * own names and the globals. `await import(…)` works inside, and looks from the file where `inlineTask` is called.
 *
 * @throws {TypeError} For anything but a function with a text of its own: native and bound functions have none, and that of a
 *   private method or an accessor is no function.
 * @example
 * const add = inlineTask((a: number, b: number) => a + b);
 * add(2, 3); // => 5
 */
export function inlineTask<A extends unknown[], R>(fn: (...args: A) => R): Task<A, R> {
  if (typeof fn !== "function") {
    throw new TypeError(`inlineTask() takes a function, not ${describe(fn)}`);
  }
  const text = Function.prototype.toString.call(fn);
  if (/\{\s*\[native code\]\s*\}$/.test(text)) {
    throw new TypeError(
      `inlineTask() cannot send '${fn.name}': native and bound functions have no text`,
    );
  }
  const source = { text: asExpression(text, fn.name) };
  const file = importsModules(text) ? callerOf(inlineTask) : undefined;
  mark("inlineTask()", fn, file === undefined ? source : { ...source, file });
  return fn as Task<A, R>;
}

/** An accessor; a method that is called `get` or `set` has its parameters next. */
const ACCESSOR = /^[gs]et\b\s*[^\s(]/;

/** Methods are written without `function`, and are no expression as they stand. */
function asExpression(text: string, name: string): string {
  if (compiles(text)) return text;
  const asMethod = `Object.values({ ${text} })[0]`;
  if (!ACCESSOR.test(text) && compiles(asMethod)) return asMethod;
  throw new TypeError(
    `inlineTask() cannot send '${name}': the text of a private method or an accessor is no function by itself; write it as a function`,
  );
}

function compiles(expression: string): boolean {
  try {
    new Script(`(${expression})`);
    return true;
  } catch {
    return false;
  }
}

/** Gives the source of a task, or undefined for an ordinary function. */
export function taskSource(task: unknown): TaskSource | undefined {
  return typeof task === "function" && Object.hasOwn(task, brand)
    ? (task as Task<never, unknown>)[brand]
    : undefined;
}

function mark(where: string, fn: object, source: TaskSource): void {
  const known = taskSource(fn);
  if (known === undefined) {
    if (!Object.isExtensible(fn)) throw new TypeError(`${where} cannot mark a frozen function`);
    Object.defineProperty(fn, brand, { value: source });
  } else if (JSON.stringify(known) !== JSON.stringify(source)) {
    throw new TypeError(`${where} got a function that is another task already`);
  }
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
  mark("importTasks()", stand, target);
  imported.add(stand);
  return stand;
}

function moduleAddress(where: string, module: string | URL): string {
  const text: unknown = typeof module === "string" ? module : hrefOf(module);
  if (typeof text === "string" && text.startsWith("file:")) return new URL(text).href;
  if (typeof text === "string" && isAbsolute(text)) return pathToFileURL(text).href;
  throw new TypeError(
    `${where} takes import.meta.url, another file: URL or an absolute path, not ${describe(text)}`,
  );
}

/** The address in a URL, of whatever realm. */
function hrefOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "href" in value ? value.href : value;
}
