/** Throws a TypeError when `options` holds a name that is not in `known`: a misspelt option must not be ignored. */
export function checkOptionNames(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${where} takes an object of options, not ${describe(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(`${where} has no option '${name}'; it takes ${known.join(", ")}`);
    }
  }
}

/** Throws unless `value` is a whole number from `least` on: TypeError for the wrong kind, RangeError for the wrong size. */
export function checkCount(name: string, value: unknown, least = 1): number {
  if (typeof value !== "number" || (Number.isFinite(value) && !Number.isInteger(value))) {
    throw new TypeError(`${name} must be a whole number, not ${describe(value)}`);
  }
  if (!Number.isSafeInteger(value) || value < least) {
    const range = least === 1 ? "greater than 0" : `at least ${least}`;
    throw new RangeError(`${name} must be ${range}, not ${describe(value)}`);
  }
  return value;
}

/** Throws unless `value` is a number of milliseconds from `least` on; Infinity means no limit. */
export function checkDuration(name: string, value: unknown, least = -Infinity): number {
  if (typeof value !== "number") {
    throw new TypeError(`${name} must be a number of milliseconds, not ${describe(value)}`);
  }
  if (Number.isNaN(value) || value < least) {
    const range = least === -Infinity ? "a number of" : `at least ${least}`;
    throw new RangeError(`${name} must be ${range} milliseconds, not ${value}`);
  }
  return value;
}

/** Throws a TypeError unless `value` is an AbortSignal, of whichever realm. */
export function checkSignal(name: string, value: unknown): AbortSignal {
  if (Object.prototype.toString.call(value) === "[object AbortSignal]") return value as AbortSignal;
  throw new TypeError(`${name} must be an AbortSignal, not ${describe(value)}`);
}

/** Names a value for an error message, in a few words and without running its code. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
