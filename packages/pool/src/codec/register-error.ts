import { inspectText, prototypesOf, tryRead } from "./describe-value.js";

type ErrorClass = abstract new (...args: never[]) => Error;

/** How V8 shows the class of all errors, in every realm. */
const ERROR_TEXT = Function.prototype.toString.call(Error);

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
 * Registering the same class again does nothing. Where a module is evaluated a second time, as by a hot reload or by
 * `jest.resetModules()`, its class takes the place of the former one: it is one of the same name and the same text.
 *
 * @throws {TypeError} For anything but a named subclass of Error, and for another class of the same name: rename one
 *   of them.
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
  const other = known.get(candidate.name);
  if (other !== undefined && other !== ErrorClass && !isSameText(other, ErrorClass)) {
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

function isSameText(one: ErrorClass, other: ErrorClass): boolean {
  return Function.prototype.toString.call(one) === Function.prototype.toString.call(other);
}

function isErrorPrototype(prototype: unknown): boolean {
  return (
    typeof prototype === "object" && prototype !== null && prototypesOf(prototype).some(isOfError)
  );
}

/** Whether a prototype is that of `Error`, of whatever realm. */
function isOfError(prototype: object): boolean {
  const found: unknown = tryRead(prototype, "constructor")?.value;
  return typeof found === "function" && Function.prototype.toString.call(found) === ERROR_TEXT;
}
