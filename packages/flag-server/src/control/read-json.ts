import type { IncomingMessage } from "node:http";

import { ControlError } from "./control-reply.js";

/** The longest body that is read: thousands of rules. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Reads the body of a request as JSON.
 *
 * Rejects with a `ControlError`: 415 for another content type (a page of another site can send those without
 * asking first), 413 for more than 1 MiB, 400 for what is no JSON.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    throw new ControlError(415, "the body must be application/json");
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new ControlError(413, `the body must have ${MAX_BODY_BYTES} bytes at most`, {
        Connection: "close",
      });
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new ControlError(400, "the body is not JSON");
  }
}
