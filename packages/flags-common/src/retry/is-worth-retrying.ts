import type { Failure } from "../fetch/flag-result.js";

/** Codes of troubles that may be over the next time. */
const PASSING = new Set<Failure["code"]>([
  "REFUSED",
  "UNREACHABLE",
  "RESET",
  "TIMEOUT",
  "BAD_RESPONSE",
  "TRUNCATED",
  "TOO_MANY_FILES",
]);

/** Request Timeout, Too Early, Too Many Requests. */
const PASSING_STATUSES = new Set([408, 425, 429]);

/**
 * Tells whether a failed GET may succeed when it is tried again.
 *
 * Every 5xx may: proxies that break answers by chance, and the ERROR server of the book, also send 501.
 */
export function isWorthRetrying({ code, httpStatus }: Failure): boolean {
  if (code !== "HTTP_STATUS" || httpStatus === undefined) return PASSING.has(code);
  return PASSING_STATUSES.has(httpStatus) || (httpStatus >= 500 && httpStatus <= 599);
}

/** Tells whether nobody was there to answer. */
export function isServerDown({ code }: Failure): boolean {
  return code === "REFUSED" || code === "UNREACHABLE";
}
