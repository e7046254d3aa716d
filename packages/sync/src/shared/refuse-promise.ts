/** Gives what a function returned that must not be async. @throws {TypeError} With this text, for a promise. */
export function refusePromise<T>(returned: T, text: string): T {
  if (typeof returned !== "object" || returned === null) return returned;
  if ("then" in returned && typeof returned.then === "function") throw new TypeError(text);
  return returned;
}
