/**
 * Reads a Retry-After header, a number of seconds or a date (RFC 9110, 10.2.3).
 *
 * @param nowMs - The time that a date is compared with, as of `Date.now()`.
 * @returns Milliseconds from 0, or `undefined` when there is no such header or it makes no sense.
 */
export function retryAfterMs(header: unknown, nowMs: number): number | undefined {
  if (typeof header !== "string") return undefined;
  const text = header.trim();
  // Finite, whatever a server says: the answer of a thread comes as JSON, which knows no other numbers.
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER);
  // Date.parse takes much more than dates; every form that HTTP knows begins with a day of the week.
  const date = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
