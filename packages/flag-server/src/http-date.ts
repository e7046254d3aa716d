// The three forms of RFC 9110 5.6.7. `Date.parse` alone would also take "2020" or "1 Feb 2020 PST".
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC_850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** Writes a moment, in milliseconds since 1970, as an HTTP date with whole seconds. */
export function formatHttpDate(timeMs: number): string {
  return new Date(timeMs).toUTCString();
}

/** Reads an HTTP date in any of its three forms (RFC 9110 5.6.7) as milliseconds since 1970. */
export function parseHttpDate(text: string): number | undefined {
  let timeMs = Number.NaN;
  if (IMF_FIXDATE.test(text) || RFC_850.test(text)) timeMs = Date.parse(text);
  // The asctime form names no zone but means GMT.
  else if (ASCTIME.test(text)) timeMs = Date.parse(`${text} GMT`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
