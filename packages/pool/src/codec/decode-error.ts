import { RemoteError } from "../errors.js";
import { stackText } from "../internal/stack.js";
import { inspectText, tryRead } from "./describe-value.js";
import type { EncodedError, EncodedThrown } from "./encoded.js";
import { isError, makeError } from "./error-classes.js";

/** Errors rebuilt so far, so that each is made once, as in the worker. */
type Made = Map<object, unknown>;

/** Where a call was submitted. */
export interface Submission {
  /** The stack of that place. */
  readonly submittedAt?: string | undefined;
  /** Whether it may be that of another call of the same moment. */
  readonly isNear?: boolean | undefined;
}

/**
 * Rebuilds what a task threw from what `encodeThrown` made of it.
 *
 * An error is one of its own class again: a built-in class, one of this package's, or one given to `registerError`;
 * otherwise one of the nearest such class, with the name it had. It keeps its own properties, its `cause` and the stack
 * of the worker. What could not be sent at all becomes a RemoteError, and so does what cannot be read: this never throws.
 *
 * @param encoded - Data from a channel; anything malformed is allowed.
 * @param submission - The place where the call was submitted, to be appended to the stack of an error.
 * @example
 * const error = decodeThrown(encodeThrown(new RangeError("too far"))) as Error;
 * [error.name, error.message]; // => ["RangeError", "too far"]
 */
export function decodeThrown(encoded: unknown, submission: Submission = {}): unknown {
  const thrown = rebuild(encoded);
  const { submittedAt, isNear = false } = submission;
  if (submittedAt !== undefined && isError(thrown)) appendSubmission(thrown, submittedAt, isNear);
  return thrown;
}

function rebuild(encoded: unknown): unknown {
  try {
    const data = encoded as EncodedThrown;
    if (data.kind !== "text") return decode(data, new Map());
    const shown = `what was thrown cannot be sent to or from a worker: ${data.text}`;
    return withoutFrames(new RemoteError(shown, data.name));
  } catch (cause) {
    const shown = `what was thrown arrived damaged: ${inspectText(encoded)}`;
    return withoutFrames(new RemoteError(shown, "unknown", { cause }));
  }
}

function decode(encoded: EncodedThrown, made: Made): unknown {
  if (made.has(encoded)) return made.get(encoded);
  switch (encoded.kind) {
    case "value":
      return encoded.value;
    case "text":
      return encoded.text;
    case "list": {
      const list: unknown[] = [];
      list.length = encoded.length;
      made.set(encoded, list);
      for (const [key, value] of encoded.entries) define(list, key, decode(value, made), true);
      return list;
    }
    case "record": {
      const record = {};
      made.set(encoded, record);
      for (const [key, value] of encoded.entries) define(record, key, decode(value, made), true);
      return record;
    }
    case "error":
      return decodeError(encoded, made);
    default:
      throw new TypeError("it is of no kind that is known here");
  }
}

function decodeError(encoded: EncodedError, made: Made): Error {
  const { name, message, stack, properties = [] } = encoded;
  if (typeof name !== "string" || typeof message !== "string") {
    throw new TypeError("it is an error without name or message");
  }
  const error = makeError(encoded, message, name);
  made.set(encoded, error);
  // Most classes have their name on the prototype, and some their message: then there is nothing to add.
  for (const [key, text] of Object.entries({ name, message })) {
    if (!Object.hasOwn(error, key) && tryRead(error, key)?.value !== text) define(error, key, text);
  }
  for (const [key, enumerable, value] of properties) {
    define(error, key, decode(value, made), enumerable);
  }
  defineStack(error, typeof stack === "string" ? stack : header(name, message));
  return error;
}

/** Defines and never assigns: a setter of the class must not run, and `__proto__` must stay data. */
function define(target: object, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

/**
 * V8 makes the text of the stack that it puts in the place of, by `Error.prepareStackTrace` of the program, which may throw. An
 * assignment does without; but it is not for classes that have a setter of their own.
 */
function defineStack(error: Error, stack: string): void {
  try {
    define(error, "stack", stack);
  } catch {
    error.stack = stack;
  }
}

function header(name: string, message: string): string {
  return message === "" ? name : `${name}: ${message}`;
}

/** Drops the frames of a RemoteError made here: they would show this module and not the task. */
function withoutFrames(error: RemoteError): RemoteError {
  defineStack(error, header(error.name, error.message));
  return error;
}

function appendSubmission(error: Error, submittedAt: string, isNear: boolean): void {
  const firstFrame = /^\s*at /m.exec(submittedAt)?.index ?? 0;
  const frames = submittedAt.slice(firstFrame).trim();
  const stack = stackText(error) ?? header(error.name, error.message);
  const title = isNear ? "submitted near" : "submitted from";
  defineStack(error, `${stack}\n    -- ${title} --\n    ${frames}`);
}
