import { types } from "node:util";

/** Tells what `await` would wait for. Reading `then` may throw, as it may for `await`. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    "then" in value &&
    typeof value.then === "function"
  );
}

/** Names the kind of a value: its class, or what `typeof` says. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  try {
    const { constructor } = value;
    const name: unknown = typeof constructor === "function" ? constructor.name : "";
    return typeof name === "string" && name !== "" ? name : "Object";
  } catch {
    // A trap, or a proxy that was revoked.
    return "Object";
  }
}

/** Says whether a value is one that is cloned as itself. */
export function isPrimitive(value: unknown): boolean {
  switch (typeof value) {
    case "object":
      return value === null;
    case "function":
    case "symbol":
      return false;
    default:
      return true;
  }
}

/** Says whether a value is an error, of whatever realm: as under jest, where Node's own errors are of another one. */
export function isError(value: unknown): value is Error {
  if (typeof value !== "object" || value === null) return false;
  return (
    types.isNativeError(value) ||
    Object.prototype.toString.call(value) === "[object DOMException]" ||
    // Made without the constructor of Error, as classes were before there was `class`.
    "stack" in value
  );
}

/** Says whether an error is how a task obeyed a request to stop, rather than a failure of its own. */
export function isAnswerTo(reason: unknown, error: unknown): boolean {
  if (error === reason) return true;
  return isError(error) && (error.name === "AbortError" || error.cause === reason);
}
