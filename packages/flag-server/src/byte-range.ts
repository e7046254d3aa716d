/** The part of a body to send: byte positions counted from 0, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads a Range field for a body of `totalBytes` bytes (RFC 9110 14.1 and 14.2).
 *
 * @returns The range, cut to the body; `"unsatisfiable"` when it lies wholly outside; `undefined` when the
 *   field is to be ignored: absent, malformed, another unit, or more than one range.
 */
export function parseByteRange(
  field: string | undefined,
  totalBytes: number,
): ByteRange | "unsatisfiable" | undefined {
  const set = field === undefined ? null : /^bytes=(.*)$/i.exec(field);
  const ranges = (set?.[1] ?? "").split(",").map((range) => range.trim());
  const [range, ...others] = ranges.filter((text) => text !== "");
  if (range === undefined || others.length > 0) return undefined;

  const ends = /^(\d*)-(\d*)$/.exec(range);
  if (ends === null || range === "-") return undefined;
  const [, from = "", to = ""] = ends;

  if (from === "") {
    const suffixBytes = Number(to);
    if (suffixBytes === 0 || totalBytes === 0) return "unsatisfiable";
    return { first: Math.max(0, totalBytes - suffixBytes), last: totalBytes - 1 };
  }
  const first = Number(from);
  const last = to === "" ? Infinity : Number(to);
  if (last < first) return undefined;
  if (first >= totalBytes) return "unsatisfiable";
  return { first, last: Math.min(last, totalBytes - 1) };
}
