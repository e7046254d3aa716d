import { inspectText } from "./describe-value.js";

type ErrorClass = abstract new (...args: never[]) => Error;

/** One registry for the whole process: a class registered through one copy of this package is known to the other. */
const registryKey = Symbol.for("@concur/pool.errors");

/**
 * Makes `instanceof` hold for errors of a class of yours that a task throws in a worker.
 *
 * Call it once, on the side that catches, with a class whose `name` is the same in the worker (bundlers can rename
 * classes: see their option to keep names). Subclasses that are not registered arrive as the nearest registered class
 * above them. The constructor is not called again, so it may take any arguments: the error is made with the class's
 * prototype and gets the own properties it had in the worker. What a constructor keeps elsewhere, such as `#private`
 * fields, does not come along.
 *
 * @throws {TypeError} For anything but a named subclass of Error, and for a second class of the same name: rename one
 *   of them. Registering the same class again does nothing.
 * @example
 * class HttpError extends Error {
 *   declare readonly status: number;
 * }
 * registerError(HttpError);
 * await using executor = new ThreadPoolExecutor({ maxWorkers: 1 });
 * const fail = inlineTask(() => {
 *   class HttpError extends Error {
 *     status = 503;
 *   }
 *   throw new HttpError("busy");
 * });
 * const error = (await executor.submit(fail).exception()) as HttpError;
 * [error instanceof HttpError, error.message, error.status]; // => [true, "busy", 503]
 */
export function registerError(ErrorClass: abstract new (...args: never[]) => Error): void {
  const candidate: unknown = ErrorClass;
  if (typeof candidate !== "function" || !isErrorPrototype(candidate.prototype)) {
    throw new TypeError(
      `registerError() takes a subclass of Error, not ${inspectText(candidate).slice(0, 80)}`,
    );
  }
  if (typeof candidate.name !== "string" || candidate.name === "") {
    throw new TypeError("registerError() takes a class with a name, by which workers refer to it");
  }
  const known = registry();
  if ((known.get(candidate.name) ?? ErrorClass) !== ErrorClass) {
    throw new TypeError(
      `another error class named '${candidate.name}' is registered already: rename one of them`,
    );
  }
  known.set(candidate.name, ErrorClass);
}

/** Gives the class registered under a name. */
export function registeredClass(name: string): ErrorClass | undefined {
  return registry().get(name);
}

function registry(): Map<string, ErrorClass> {
  const known = Reflect.get(globalThis, registryKey) as Map<string, ErrorClass> | undefined;
  if (known !== undefined) return known;
  const created = new Map<string, ErrorClass>();
  Reflect.set(globalThis, registryKey, created);
  return created;
}

function isErrorPrototype(prototype: unknown): boolean {
  return prototype instanceof Error;
}
