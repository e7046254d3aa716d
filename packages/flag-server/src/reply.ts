import { STATUS_CODES, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";

import { detached } from "./kept-text.js";

/** A target that is its own path, as nearly all are. */
const PLAIN_PATH = /^\/[^?#%]*$/;

const LONG_TARGET = 500;

/** An answer, ready to be written. `Date` and `Connection` are added when it is. */
export interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer;
}

/** Makes the short reply for a status, in plain text. */
export function textReply(
  status: number,
  headers: OutgoingHttpHeaders = {},
  text = STATUS_CODES[status] ?? "",
): Reply {
  const body = Buffer.from(`${status} ${text}\n`);
  return {
    status,
    headers: {
      ...headers,
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": body.length,
    },
    body,
  };
}

/** Copies header fields, but for those that are named, in whatever case of letters. */
export function without(headers: OutgoingHttpHeaders, ...names: string[]): OutgoingHttpHeaders {
  const lower = names.map((name) => name.toLowerCase());
  const kept = Object.entries(headers).filter(([name]) => !lower.includes(name.toLowerCase()));
  return Object.fromEntries(kept);
}

/** Writes the page of a broken server as the book's proxy did. */
export function statusPage(status: number): string {
  const title = `${status} ${STATUS_CODES[status] ?? ""}`;
  return `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
}

/** What a request asks for. */
export interface RequestTarget {
  /** No query, no origin, percent escapes decoded. `undefined`: the target is no path, or holds a broken escape. */
  readonly path: string | undefined;
  /** What stands behind the question mark, as the client wrote it. */
  readonly query: string;
}

/** Takes the target of a request apart. */
export function requestTarget(request: Pick<IncomingMessage, "url">): RequestTarget {
  const { url = "" } = request;
  if (PLAIN_PATH.test(url)) return { path: url, query: "" };
  // A part of a long target would keep all of it in memory.
  const own = url.length > LONG_TARGET ? detached : (text: string) => text;
  // RFC 9112 3.2.2: a server must accept the absolute form too.
  const target = url.replace(/^https?:\/\/[^/?#]*/i, "");
  const [, path = "", query = ""] = /^([^?#]*)(?:\?([^#]*))?/.exec(target) ?? [];
  return { path: decodedPath(own(path)), query: own(query) };
}

function decodedPath(path: string): string | undefined {
  if (!path.startsWith("/")) return undefined;
  try {
    // An escaped slash never becomes a separator.
    return path.includes("%") ? path.split(/(%2f)/i).map(decodedPart).join("") : path;
  } catch {
    return undefined;
  }
}

function decodedPart(part: string): string {
  return /^%2f$/i.test(part) ? "%2F" : decodeURIComponent(part);
}
