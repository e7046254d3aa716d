import { inspect, isDeepStrictEqual } from "node:util";

/** Says whether two values are the same data, down to -0 and NaN, whichever realm made them. */
export function isSameData(actual: unknown, expected: unknown): boolean {
  if (typeof actual !== typeof expected) return false;
  if (typeof expected !== "object" || expected === null) return Object.is(actual, expected);
  // Copies of both are of one realm.
  return isDeepStrictEqual(structuredClone(actual), structuredClone(expected));
}

/** Says whether what arrived is what was thrown: errors by their class, texts, code, cause and parts. */
export function isSameThrown(actual: unknown, expected: unknown): boolean {
  if (!isErrorLike(expected)) return !isErrorLike(actual) && isSameData(actual, expected);
  if (!isErrorLike(actual)) return false;
  const [own, other] = [partsOf(actual), partsOf(expected)];
  return (
    own.texts.join("\n") === other.texts.join("\n") &&
    own.nested.length === other.nested.length &&
    own.nested.every((part, index) => isSameThrown(part, other.nested[index]))
  );
}

/** The code of an error, if it is one and has one. */
export function codeOf(thrown: unknown): unknown {
  return isErrorLike(thrown) ? Reflect.get(thrown, "code") : undefined;
}

function isErrorLike(value: unknown): value is Error {
  return (
    value instanceof Error ||
    (typeof value === "object" && value !== null && "stack" in value && "message" in value)
  );
}

function partsOf(error: Error): { texts: string[]; nested: unknown[] } {
  const nested: unknown[] = "cause" in error ? [error.cause] : [];
  const parts: unknown = Reflect.get(error, "errors");
  if (Array.isArray(parts)) nested.push(...(parts as unknown[]));
  return { texts: [error.name, error.message, String(Reflect.get(error, "code"))], nested };
}

/** Shows a value in one line. */
export function shortly(value: unknown): string {
  return isErrorLike(value)
    ? `${value.name}: ${value.message}`
    : inspect(value, { depth: 1, breakLength: Infinity });
}
