import { STATUS_CODES, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";

/** An answer, ready to be written. `Date` and `Connection` are added when it is. */
export interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer;
}

/** Makes the short reply for a status, in plain text. */
export function textReply(status: number, headers: OutgoingHttpHeaders = {}): Reply {
  const body = Buffer.from(`${status} ${STATUS_CODES[status] ?? ""}\n`);
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

/**
 * Makes the reply of a broken server as the book's proxy gave it: a short page, then the connection closes.
 */
export function errorReply(status: number): Reply {
  const title = `${status} ${STATUS_CODES[status] ?? ""}`;
  const body = Buffer.from(
    `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
  );
  return {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Length": body.length,
      Connection: "close",
    },
    body,
  };
}

/**
 * Takes the path out of a request: no query, no origin, percent escapes decoded.
 *
 * @returns `undefined` when the target is no path or holds a broken escape.
 */
export function requestPath(request: Pick<IncomingMessage, "url">): string | undefined {
  // RFC 9112 3.2.2: a server must accept the absolute form too.
  const target = (request.url ?? "").replace(/^https?:\/\/[^/?#]*/i, "");
  const path = /^[^?#]*/.exec(target)?.[0] ?? "";
  if (!path.startsWith("/")) return undefined;
  try {
    // decodeURI leaves "%2F" alone, so an escaped slash never becomes a separator.
    return path.includes("%") ? decodeURI(path) : path;
  } catch {
    return undefined;
  }
}
