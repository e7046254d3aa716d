import { STATUS_CODES, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";

/** A target that is its own path, as nearly all are. */
const PLAIN_PATH = /^\/[^?#%]*$/;

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

/** Copies header fields, but for those that are named. */
export function without(headers: OutgoingHttpHeaders, ...names: string[]): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

/** Writes the page of a broken server as the book's proxy did. */
export function statusPage(status: number): string {
  const title = `${status} ${STATUS_CODES[status] ?? ""}`;
  return `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
}

/**
 * Takes the path out of a request: no query, no origin, percent escapes decoded.
 *
 * @returns `undefined` when the target is no path or holds a broken escape.
 */
export function requestPath(request: Pick<IncomingMessage, "url">): string | undefined {
  const { url = "" } = request;
  if (PLAIN_PATH.test(url)) return url;
  // RFC 9112 3.2.2: a server must accept the absolute form too.
  const target = url.replace(/^https?:\/\/[^/?#]*/i, "");
  const path = /^[^?#]*/.exec(target)?.[0] ?? "";
  if (!path.startsWith("/")) return undefined;
  try {
    // decodeURI leaves "%2F" alone, so an escaped slash never becomes a separator.
    return path.includes("%") ? decodeURI(path) : path;
  } catch {
    return undefined;
  }
}
