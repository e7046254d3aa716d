import { inspect } from "node:util";
import { emitWarning } from "./platform.js";

/**
 * Tells the process that a callback of a future failed, as Python logs it: the future and the other callbacks
 * are not to blame and go on.
 */
export function reportCallbackError(future: string, error: unknown): void {
  const detail = show(error);
  emitWarning(`exception in a callback of ${future}: ${detail.split("\n", 1)[0] ?? ""}`, {
    type: "ConcurWarning",
    code: "CONCUR_CALLBACK",
    detail,
  });
}

/** What was thrown may throw when it is looked at. */
function show(error: unknown): string {
  try {
    return inspect(error);
  } catch {
    return "what was thrown cannot be shown";
  }
}
