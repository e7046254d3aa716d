import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

import type { StaticFile, StaticFiles } from "./assets.js";
import { parseByteRange } from "./byte-range.js";
import { evaluatePreconditions, ifRangeAllows } from "./preconditions.js";
import { textReply, type Reply } from "./reply.js";

/** The parts of a request that decide which file, and how much of it, is sent. */
export interface FileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Answers a request from the files in memory as RFC 9110 has it: 200, 206, 304, 404, 405, 412 or 416.
 *
 * Several ranges in one request are answered with the whole file, which section 14.2 allows.
 */
export function replyFromFiles(files: StaticFiles, request: FileRequest): Reply {
  const file = files.get(request.path);
  if (file === undefined) return textReply(404);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return textReply(405, { Allow: "GET, HEAD" });
  }

  const precondition = evaluatePreconditions(request.headers, file);
  if (precondition === 412) return textReply(412);
  if (precondition === 304) return { status: 304, headers: validatorsOf(file) };
  // Ranges are defined for GET alone (RFC 9110 14.2).
  const part = request.method === "GET" ? rangeReply(file, request.headers) : undefined;
  return part ?? wholeReply(file);
}

function wholeReply(file: StaticFile): Reply {
  return {
    status: 200,
    headers: {
      "Content-Type": file.contentType,
      "Content-Length": file.body.length,
      ...validatorsOf(file),
    },
    body: file.body,
  };
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
      ...validatorsOf(file),
    },
    body,
  };
}

function validatorsOf(file: StaticFile): OutgoingHttpHeaders {
  return { ETag: file.etag, "Last-Modified": file.lastModified, "Accept-Ranges": "bytes" };
}
