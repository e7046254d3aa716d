import type { IncomingHttpHeaders } from "node:http";

import { parseHttpDate } from "./http-date.js";

/** What a precondition compares with: the validators of the file that would be sent. */
export interface Validators {
  readonly etag: string;
  readonly lastModifiedMs: number;
}

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/**
 * Decides whether a GET or HEAD is to be answered with its file, in the order of RFC 9110 13.2.2.
 *
 * @returns 412 when the client wants another version than there is, 304 when it has this one already,
 *   200 otherwise. A date that is no HTTP date counts as absent.
 */
export function evaluatePreconditions(
  headers: IncomingHttpHeaders,
  file: Validators,
): 200 | 304 | 412 {
  const ifMatch = headers["if-match"];
  if (ifMatch !== undefined) {
    if (!matchesStrongly(ifMatch, file.etag)) return 412;
  } else if (isNewerThan(file, headers["if-unmodified-since"]) === true) {
    return 412;
  }

  const ifNoneMatch = headers["if-none-match"];
  if (ifNoneMatch !== undefined) return matchesWeakly(ifNoneMatch, file.etag) ? 304 : 200;
  return isNewerThan(file, headers["if-modified-since"]) === false ? 304 : 200;
}

/** Tells whether a Range may be honoured: If-Range is absent or names exactly this version (RFC 9110 13.1.5). */
export function ifRangeAllows(ifRange: string | undefined, file: Validators): boolean {
  if (ifRange === undefined) return true;
  if (ifRange.startsWith('"')) return ifRange === file.etag;
  return parseHttpDate(ifRange) === file.lastModifiedMs;
}

function matchesStrongly(field: string, etag: string): boolean {
  if (field.trim() === "*") return true;
  // RFC 9110 8.8.3.2: a weak one is never strongly equal to anything.
  return !etag.startsWith("W/") && entityTags(field).includes(etag);
}

function matchesWeakly(field: string, etag: string): boolean {
  if (field.trim() === "*") return true;
  const opaque = (tag: string) => tag.replace(/^W\//, "");
  return entityTags(field).some((tag) => opaque(tag) === opaque(etag));
}

function entityTags(field: string): readonly string[] {
  return field.match(ENTITY_TAG) ?? [];
}

function isNewerThan(file: Validators, date: string | undefined): boolean | undefined {
  const timeMs = date === undefined ? undefined : parseHttpDate(date);
  return timeMs === undefined ? undefined : file.lastModifiedMs > timeMs;
}
