import type { IncomingHttpHeaders } from "node:http";

/** What a server said about the version of a file, to ask later whether it changed. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** The beginning of a file that is there from an earlier try. */
export interface Beginning {
  readonly byteLength: number;
  /** The strong ETag, or the date that is as good as one, of the version that it is of (RFC 9110, 13.1.5). */
  readonly validator: string;
  /** How long the whole file is, when that was said. */
  readonly totalBytes?: number | undefined;
}

/** Reads what an answer says about the version of its file. */
export function validatorsOf(headers: Readonly<Record<string, unknown>>): Validators {
  const { etag, "last-modified": lastModified } = headers;
  return {
    ...(typeof etag === "string" ? { etag } : {}),
    ...(typeof lastModified === "string" ? { lastModified } : {}),
  };
}

/** A date of an answer tells versions apart only when it lies so long before it was sent, in milliseconds. */
const DATE_RESOLUTION_MS = 1000;

/**
 * Finds what tells for certain whether two answers are of the same version: a strong ETag, or, where there is no ETag at
 * all, a date that lies at least a second back (RFC 9110, 8.8.2.2 and 13.1.5).
 */
export function strongValidator(headers: IncomingHttpHeaders): string | undefined {
  const { etag, "last-modified": lastModified, date } = headers;
  // Two ETags, or one without its quotes, are none.
  if (etag !== undefined) return /^"[^"]*"$/.test(etag) ? etag : undefined;
  if (lastModified === undefined || date === undefined) return undefined;
  const ageMs = Date.parse(date) - Date.parse(lastModified);
  return ageMs >= DATE_RESOLUTION_MS ? lastModified : undefined;
}

/** Where the part in an answer lies in its file. */
export interface Part {
  /** Its last byte, from 0. */
  readonly last: number;
  readonly totalBytes: number;
}

/**
 * Tells whether an answer with status 206 goes on where the beginning ends, in the same version: the two may be joined
 * only when both have the same strong validator (RFC 9110, 15.3.7.3).
 *
 * @returns `undefined` when they may not.
 */
export function partAfter(beginning: Beginning, headers: IncomingHttpHeaders): Part | undefined {
  const { validator, byteLength } = beginning;
  // A date says nothing beside a weak ETag: that server may give one date to several versions.
  if (strongValidator(headers) !== validator) return undefined;
  const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(headers["content-range"] ?? "");
  const [, first = NaN, last = NaN, totalBytes = NaN] = (range ?? []).map(Number);
  if (first !== byteLength || last < first || last >= totalBytes) return undefined;
  if (beginning.totalBytes !== undefined && beginning.totalBytes !== totalBytes) return undefined;
  const announced = headers["content-length"];
  if (announced !== undefined && Number(announced) !== last - first + 1) return undefined;
  return { last, totalBytes };
}
