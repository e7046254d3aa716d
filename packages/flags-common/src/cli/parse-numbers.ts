/** A day: longer waits than any download needs, and far below the 2^31 ms where timers overflow. */
const MAX_SECONDS = 86_400;

/**
 * Reads a whole number as Python's `int()` does for everyday input, and refuses all else.
 *
 * JavaScript's own conversions are too kind: Number("") is 0, Number("0x10") is 16, parseInt("5x") is 5.
 * @returns `undefined` when the text is not an integer, or not one that a number holds exactly.
 */
export function parseInteger(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * Reads a positive number of seconds, such as `10` or `0.5`, up to a day.
 *
 * @returns `undefined` for everything else.
 */
export function parseSeconds(text: string): number | undefined {
  if (!/^\+?(\d+(\.\d*)?|\.\d+)$/.test(text)) return undefined;
  const seconds = Number(text);
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : undefined;
}

/** Reads a positive number, such as `50` or `0.5`, up to a million. */
export function parsePositive(text: string): number | undefined {
  if (!/^\+?(\d+(\.\d*)?|\.\d+)$/.test(text)) return undefined;
  const value = Number(text);
  return value > 0 && value <= 1_000_000 ? value : undefined;
}
