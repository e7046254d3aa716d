import type { OutgoingHttpHeaders } from "node:http";
import { gzipSync } from "node:zlib";

import type { FaultOf } from "../rules/fault.js";
import { formatHttpDate } from "../http-date.js";
import { statusPage, without, type Reply } from "../reply.js";
import { withFields } from "../response-fields.js";
import type { FaultContext } from "./delivery.js";

const HTML = "text/html; charset=utf-8";
const SIGN_IN_PAGE = `<!DOCTYPE html>
<html lang="en"><head><title>Sign in</title></head><body><h1>Welcome to the guest network</h1>
<form action="/sign-in"><label>Room <input name="room"></label> <button>Sign in</button></form></body></html>
`;

/** RFC 9110 15.3.5, 15.3.6 and 15.4.5: these have no content at all. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** Gives the fields that a 304 has to repeat (RFC 9110 15.4.5). */
function validators({ headers }: Reply): OutgoingHttpHeaders {
  const { ETag, "Last-Modified": modified } = headers;
  return {
    ...(ETag === undefined ? {} : { ETag }),
    ...(modified === undefined ? {} : { "Last-Modified": modified }),
  };
}

/** Makes the reply of a status fault. */
export function statusReply(
  fault: FaultOf<"status">,
  status: number,
  right: () => Reply,
  { nowMs }: FaultContext,
): Reply {
  const page = statusPage(status);
  const body = Buffer.from(fault.body ?? page);
  const contentType =
    fault.contentType ?? (fault.body === undefined ? HTML : "text/plain; charset=utf-8");
  const empty = BODILESS.has(status);
  const own = {
    ...(empty ? {} : { "Content-Type": contentType, "Content-Length": body.length }),
    // A 205 is the one that ends with its length, and not with its head, for who reads it.
    ...(status === 205 ? { "Content-Length": 0 } : {}),
    ...(status === 304 ? validators(right()) : {}),
    ...retryAfter(fault.retryAfterSeconds, fault.retryAfterFormat, nowMs),
    ...(fault.close === true ? { Connection: "close" } : {}),
  };
  return {
    status,
    headers: withFields(own, fault.headers),
    ...(empty ? {} : { body }),
  };
}

/** Writes a Retry-After field (RFC 9110 10.2.3); none for `undefined`. */
export function retryAfter(
  seconds: number | undefined,
  format: "seconds" | "date" = "seconds",
  nowMs = Date.now(),
): { "Retry-After"?: string } {
  if (seconds === undefined) return {};
  if (format === "seconds") return { "Retry-After": String(seconds) };
  // Rounded up: a client that waits for that second has waited long enough.
  return { "Retry-After": formatHttpDate(Math.ceil(nowMs / 1000 + seconds) * 1000) };
}

/** Makes a page with status 200 in place of the file. */
export function htmlReply({ body = SIGN_IN_PAGE }: FaultOf<"html">): Reply {
  const bytes = Buffer.from(body);
  return {
    status: 200,
    headers: { "Content-Type": HTML, "Content-Length": bytes.length },
    body: bytes,
  };
}

/** Makes a redirect to where the rule says. */
export function redirectReply(
  { to, status = 302 }: FaultOf<"redirect">,
  context: FaultContext,
): Reply {
  const body = Buffer.from(statusPage(status));
  return {
    status,
    headers: {
      Location: locationOf(to, context),
      "Content-Type": HTML,
      "Content-Length": body.length,
    },
    body,
  };
}

function locationOf(to: string, { host, target, isSecure }: FaultContext): string {
  const [scheme, otherScheme] = isSecure ? ["https", "http"] : ["http", "https"];
  switch (to) {
    case "itself":
      return target;
    case "other-scheme":
      return `${otherScheme}://${host}${target}`;
    case "other-host":
      return `${scheme}://${otherName(host)}${target}`;
    default:
      return to;
  }
}

/** Names the same machine in another way, so that a client sees another host and still reaches the server. */
function otherName(host: string): string {
  return /^localhost(?=:|$)/i.test(host)
    ? host.replace(/^localhost/i, "127.0.0.1")
    : host.replace(/^(\[[^\]]*\]|[^:]*)/, "localhost");
}

/** Puts the body of a reply into damaged gzip. The validators go: they are those of other bytes. */
export function gzipReply(reply: Reply, damage: FaultOf<"gzip">["damage"] = "checksum"): Reply {
  if (reply.body === undefined) return reply;
  const plain = reply.body;
  const packed = gzipSync(plain);
  if (damage === "checksum") {
    // RFC 1952 2.3.1: the CRC stands 8 bytes before the end.
    const position = packed.length - 8;
    packed.writeUInt8(packed.readUInt8(position) ^ 0xff, position);
  }
  const body = {
    garbage: () => Buffer.from(plain),
    truncated: () => packed.subarray(0, Math.ceil(packed.length / 2)),
    checksum: () => packed,
    none: () => packed,
  }[damage]();
  return {
    status: reply.status,
    headers: {
      ...without(reply.headers, "ETag", "Accept-Ranges", "Content-Encoding"),
      "Content-Encoding": "gzip",
      "Content-Length": body.length,
    },
    body,
  };
}

/** Replaces the last byte of a body: a GIF ends with 3B, and then no longer does. */
export function badTrailerReply(reply: Reply): Reply {
  if (reply.body === undefined || reply.body.length === 0) return reply;
  const body = Buffer.from(reply.body);
  body.writeUInt8(body.readUInt8(body.length - 1) ^ 0xff, body.length - 1);
  return { ...reply, body };
}
