import { inspect } from "node:util";

/**
 * Tells the process that a callback of a future failed, as Python logs it: the future and the other callbacks
 * are not to blame and go on.
 */
export function reportCallbackError(future: string, error: unknown): void {
  const detail = textOf(error);
  process.emitWarning(`exception in a callback of ${future}: ${detail.split("\n", 1)[0] ?? ""}`, {
    type: "ConcurWarning",
    code: "CONCUR_CALLBACK",
    detail,
  });
}

/** An error may have a way of its own to be inspected, which fails. */
function textOf(error: unknown): string {
  try {
    return inspect(error);
  } catch {
    return "an error that cannot be inspected";
  }
}
