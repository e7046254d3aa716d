// By what errors have, and never by their class: the realm of a test under jest has an Error of its own, of which those of
// Node are no instances.

/** Gives the `code` of a system error, or an empty string. */
export function errorCode(error: unknown): string {
  const code = read(error, "code");
  return typeof code === "string" ? code : "";
}

/** Gives what an error says, or the value itself as text when it is no error. */
export function messageOf(error: unknown): string {
  const message = read(error, "message");
  return typeof message === "string" ? message : String(error);
}

/** Tells whether a value is refused for its kind or its range, as our own checks do. */
export function isRefusal(error: unknown): boolean {
  const name = read(error, "name");
  return name === "TypeError" || name === "RangeError";
}

function read(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
