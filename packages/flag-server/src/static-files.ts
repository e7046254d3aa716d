import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";

import type { StaticFile, StaticFiles } from "./assets.js";
import { parseByteRange } from "./byte-range.js";
import { evaluatePreconditions, ifRangeAllows } from "./preconditions.js";
import { textReply, type Reply } from "./reply.js";

/** The parts of a request that decide, with its path, which file and how much of it is sent. */
export type FileRequest = Pick<IncomingMessage, "method" | "rawHeaders" | "headers">;

/**
 * Answers a request from the files in memory as RFC 9110 has it: 200, 206, 304, 404, 405, 412 or 416.
 *
 * Several ranges in one request are answered with the whole file, which section 14.2 allows.
 */
export function replyFromFiles(files: StaticFiles, path: string, request: FileRequest): Reply {
  const file = files.get(path);
  if (file === undefined) return textReply(404);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return textReply(405, { Allow: "GET, HEAD" });
  }

  // To make the object of all headers takes Node its time.
  if (!isConditional(request.rawHeaders)) return file.whole;

  const precondition = evaluatePreconditions(request.headers, file);
  if (precondition === 412) return textReply(412);
  if (precondition === 304) return { status: 304, headers: withoutContent(file.constant) };
  // Ranges are defined for GET alone (RFC 9110 14.2).
  const part = request.method === "GET" ? rangeReply(file, request.headers) : undefined;
  return part ?? file.whole;
}

/** Tells whether one of the fields is Range or begins with "If-". */
function isConditional(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const first = name.charCodeAt(0) | 0x20;
    if (first === 0x69 && name.charCodeAt(2) === 0x2d) return true;
    if (first === 0x72 && name.length === 5 && name.toLowerCase() === "range") return true;
  }
  return false;
}

function rangeReply(file: StaticFile, headers: IncomingHttpHeaders): Reply | undefined {
  const totalBytes = file.body.length;
  const range = parseByteRange(headers.range, totalBytes);
  if (range === undefined || !ifRangeAllows(headers["if-range"]?.toString(), file))
    return undefined;
  if (range === "unsatisfiable")
    return textReply(416, { "Content-Range": `bytes */${totalBytes}` });
  const body = file.body.subarray(range.first, range.last + 1);
  return {
    status: 206,
    headers: {
      "Content-Type": file.contentType,
      "Content-Length": body.length,
      "Content-Range": `bytes ${range.first}-${range.last}/${totalBytes}`,
      ...file.constant,
    },
    body,
  };
}

/** A reply without content has no fields about it (RFC 9110 15.4.5). */
function withoutContent(fields: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !/^content-/i.test(name)));
}
