import type { Failure } from "./flag-result.js";
import type { RequestTrace } from "./request-trace.js";

/** The beginning of a body that broke off, with what it takes to ask for the rest. */
export interface PartialBody {
  readonly bytes: Uint8Array;
  /** The strong ETag or the date that tells whether the file is still the same (RFC 9110, 13.1.5). */
  readonly validator: string;
}

/** Failures after which the bytes received so far are still good. */
const INTERRUPTIONS = new Set<Failure["code"]>(["TRUNCATED", "RESET", "TIMEOUT", "INTERRUPTED"]);

/** Keeps what was received before a failure; `undefined` when nothing was, or it could not be continued. */
export function keepPartial(
  trace: RequestTrace,
  code: Failure["code"],
  continued: PartialBody | undefined,
): PartialBody | undefined {
  const { answer, chunks } = trace;
  // No answer this time: what an earlier try left is as good as it was.
  if (answer === undefined) return continued;
  const isRest = answer.statusCode === 206 && continued !== undefined;
  if (!INTERRUPTIONS.has(code) || (answer.statusCode !== 200 && !isRest)) return undefined;
  const validator = strongValidator(answer.headers);
  if (validator === undefined || chunks.length === 0) return isRest ? continued : undefined;
  return { bytes: concatenate(isRest ? [continued.bytes, ...chunks] : chunks), validator };
}

function strongValidator(headers: Record<string, unknown>): string | undefined {
  const { etag, "last-modified": lastModified } = headers;
  if (typeof etag === "string" && !etag.startsWith("W/")) return etag;
  return typeof lastModified === "string" ? lastModified : undefined;
}

/**
 * Puts the rest of a body behind its beginning.
 *
 * @returns `undefined` when the server sent another part than the one asked for.
 */
export function joinRest(
  beginning: PartialBody,
  rest: Uint8Array,
  contentRange: unknown,
): Uint8Array | undefined {
  const range =
    typeof contentRange === "string" ? /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange) : null;
  const [, first, last, total] = (range ?? []).map(Number);
  const end = beginning.bytes.length + rest.length;
  if (first !== beginning.bytes.length || last !== end - 1 || total !== end) return undefined;
  return concatenate([beginning.bytes, rest]);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
