import { STATUS_CODES, type OutgoingHttpHeaders } from "node:http";

import type { Decision } from "../rules/decide.js";
import { formatHttpDate } from "../http-date.js";
import { without, type Reply } from "../reply.js";
import { withFields, type ResponseFields } from "../response-fields.js";
import type { FaultOf } from "../rules/fault.js";
import type { Delivery, Ending, FaultContext } from "./delivery.js";
import {
  badTrailerReply,
  gzipReply,
  htmlReply,
  redirectReply,
  statusReply,
} from "./damaged-replies.js";

const NO_BYTES = Buffer.alloc(0);

/**
 * Turns a decision into what goes out, given the right reply. Pure: nothing is sent here.
 *
 * A reply without a body (to HEAD, 304) has none to cut or drip: such faults let it through.
 */
export function planDelivery(
  decision: Decision,
  right: () => Reply,
  context: FaultContext,
): Delivery {
  const { fault } = decision;
  switch (fault.kind) {
    case "pass":
    case "delay":
    case "slow-accept":
      return { kind: "reply", reply: right() };
    case "status":
      return { kind: "reply", reply: statusReply(fault, decision.status, right, context) };
    case "html":
      return { kind: "reply", reply: htmlReply(fault) };
    case "redirect":
      return { kind: "reply", reply: redirectReply(fault, context) };
    case "gzip":
      return { kind: "reply", reply: gzipReply(right(), fault.damage) };
    case "bad-trailer":
      return { kind: "reply", reply: badTrailerReply(right()) };
    case "content-type":
      return { kind: "reply", reply: retyped(right(), fault.contentType) };
    case "drip":
      return { kind: "drip", reply: right(), bytes: fault.bytes, everyMs: fault.everyMs };
    case "informational":
      return informational(fault, right(), context);
    case "trailers":
      return trailed(right(), fault.trailers, context);
    case "garbage":
      return wire(0, `${fault.line ?? "*** not http ***"}\r\n\r\n`, NO_BYTES, "close");
    case "hang":
      return hang(right(), fault, context);
    case "reset":
      if (fault.afterBytes === undefined) return wire(0, "", NO_BYTES, "reset");
      return cut(right(), fault.afterBytes, "reset", context);
    case "truncate": {
      const { framing = "content-length", afterBytes } = fault;
      return truncate(right(), framing, afterBytes, context);
    }
    case "wrong-length":
      return wrongLength(right(), fault.differenceBytes, context);
  }
}

function informational(
  { status = 103, headers, times = 1, everyMs = 0 }: FaultOf<"informational">,
  reply: Reply,
  { httpVersion }: FaultContext,
): Delivery {
  if (httpVersion === "1.0") return { kind: "reply", reply };
  const head = linesOf(status, withFields({}, headers));
  return { kind: "interim", head, times, everyMs, reply };
}

function trailed(reply: Reply, trailers: ResponseFields, context: FaultContext): Delivery {
  if (!hasBody(reply, context) || context.httpVersion === "1.0") return { kind: "reply", reply };
  const headers = {
    ...without(reply.headers, "Content-Length"),
    Trailer: Object.keys(trailers).join(", "),
  };
  return { kind: "reply", reply: { ...reply, headers }, trailers };
}

function retyped(reply: Reply, contentType = "application/octet-stream"): Reply {
  // A 304 has no type: it has no body.
  if (reply.body === undefined) return reply;
  return { ...reply, headers: { ...reply.headers, "Content-Type": contentType } };
}

function hang(
  reply: Reply,
  fault: { readonly at?: "headers" | "mid-headers" | "body"; readonly afterBytes?: number },
  context: FaultContext,
): Delivery {
  const { at = "headers" } = fault;
  if (at === "headers") return wire(0, "", NO_BYTES, "hang");
  const head = headOf(reply, context);
  if (at === "mid-headers") {
    return wire(0, head.slice(0, Math.floor(head.length / 2)), NO_BYTES, "hang");
  }
  return cut(reply, fault.afterBytes ?? half(reply), "hang", context);
}

/** Sends the head and the first bytes of the body, or the whole reply in the ordinary way if it has none. */
function cut(reply: Reply, bytes: number, ending: Ending, context: FaultContext): Delivery {
  if (!hasBody(reply, context) && ending !== "reset") return { kind: "reply", reply };
  const body = hasBody(reply, context) ? reply.body.subarray(0, bytes) : NO_BYTES;
  return wire(reply.status, headOf(reply, context), body, ending);
}

function truncate(
  reply: Reply,
  framing: "content-length" | "chunked" | "close",
  afterBytes: number | undefined,
  context: FaultContext,
): Delivery {
  if (!hasBody(reply, context)) return { kind: "reply", reply };
  // One byte less than all at most: a whole body would be no fault.
  const bytes = Math.min(afterBytes ?? half(reply), reply.body.length - 1);
  const part = reply.body.subarray(0, bytes);
  if (framing === "content-length") return cut(reply, bytes, "close", context);

  const headers = without(reply.headers, "Content-Length");
  const framed =
    framing === "chunked" ? { "Transfer-Encoding": "chunked" } : { Connection: "close" };
  const head = headOf({ status: reply.status, headers: { ...headers, ...framed } }, context);
  // A chunk of no bytes would be the last one.
  const isChunk = framing === "chunked" && bytes > 0;
  const body = isChunk
    ? Buffer.concat([Buffer.from(`${bytes.toString(16)}\r\n`), part, Buffer.from("\r\n")])
    : part;
  return wire(reply.status, head, body, "close");
}

function wrongLength(reply: Reply, differenceBytes: number, context: FaultContext): Delivery {
  if (!hasBody(reply, context)) return { kind: "reply", reply };
  const declared = Math.max(0, reply.body.length + differenceBytes);
  const headers = { ...reply.headers, "Content-Length": declared };
  const head = headOf({ status: reply.status, headers }, context);
  return wire(reply.status, head, reply.body, "close");
}

function wire(status: number, head: string, body: Buffer, ending: Ending): Delivery {
  return { kind: "wire", status, head, body, ending };
}

function hasBody(
  reply: Reply,
  { method }: FaultContext,
): reply is Reply & { readonly body: Buffer } {
  return method !== "HEAD" && reply.body !== undefined && reply.body.length > 0;
}

function half(reply: Reply): number {
  return Math.floor((reply.body?.length ?? 0) / 2);
}

/** Writes the head of a reply as Node would, for replies that Node would not send. */
function headOf({ status, headers }: Reply, { nowMs }: FaultContext): string {
  return linesOf(status, { Date: formatHttpDate(nowMs), ...headers });
}

function linesOf(status: number, headers: OutgoingHttpHeaders): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => `${name}: ${one}\r\n`),
  );
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`;
}
