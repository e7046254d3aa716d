import { getSystemErrorMap, types } from "node:util";

/** Text from outside, made safe to print on a terminal: no control characters, not longer than a line. */
export function printable(text: string): string {
  return Array.from(harmless(text)).slice(0, 100).join("");
}

/** Text of our own with a path in it, made safe to print on a terminal: what it says at its end is not cut off. */
export function harmless(text: string): string {
  return text.replace(/[^\x20-\x7e\xa0-\uffff]|[\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}

/** Writes milliseconds as seconds, without needless digits: `10 s`, `0.25 s`. */
export function inSeconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}

/**
 * Reads a property of something thrown; an AggregateError (one failed address after the other) answers
 * with its own property or that of its first error.
 */
export function errorCode(error: unknown): string | undefined {
  if (!types.isNativeError(error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  if ("errors" in error && Array.isArray(error.errors)) return errorCode(error.errors[0]);
  return undefined;
}

/** Says in words what an errno code means: `ENOSPC` is `no space left on device`. */
export function systemMessage(code: string | undefined): string | undefined {
  for (const [name, message] of getSystemErrorMap().values()) {
    if (name === code) return message;
  }
  return undefined;
}

/** Says what was thrown in one printable line, which is never empty. */
export function errorMessage(error: unknown): string {
  const message = types.isNativeError(error) ? error.message || error.name : String(error);
  const line = message.split("\n", 1)[0] ?? "";
  return line === "" ? "unknown error" : printable(line);
}
