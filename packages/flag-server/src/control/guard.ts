import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { ControlError } from "./control-reply.js";

/**
 * Tells why a request may not touch the control listener, if it may not.
 *
 * Without a token the listener is on loopback addresses alone, but a browser on this machine can reach those too. A page of
 * another site could give its own name the address 127.0.0.1 (DNS rebinding): then the Host field holds that
 * name. Or it could simply post a form: then Origin holds the site.
 */
export function refusalOf(request: IncomingMessage, port: number): string | undefined {
  const { host, origin } = request.headers;
  if (host === undefined || !isOwnHost(host, port)) {
    return "the Host field must name this machine: localhost, 127.0.0.1 or [::1], with the port";
  }
  if (origin !== undefined && withPort(origin) !== withPort(`http://${host}`)) {
    return "the request comes from a page of another origin";
  }
  return undefined;
}

function isOwnHost(host: string, port: number): boolean {
  const own = ["localhost", "127.0.0.1", "[::1]"].map((name) => `http://${name}:${port}`);
  return own.includes(withPort(`http://${host}`));
}

/** Writes the port that clients leave out, since it is that of the scheme (RFC 9110 4.2.3). */
function withPort(origin: string): string {
  const lower = origin.toLowerCase();
  return /^http:\/\/(\[[^\]]*\]|[^:]*):?$/.test(lower) ? `${lower.replace(/:$/, "")}:80` : lower;
}

/**
 * Refuses a request without the right token (RFC 6750), if there is one to be known. With it the Host field
 * proves nothing more: no page of another site can know the token, or send it without being asked.
 */
export function checkToken(request: IncomingMessage, token: string | undefined): void {
  if (token === undefined) return;
  const [, given = ""] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "") ?? [];
  if (timingSafeEqual(digest(given), digest(token))) return;
  throw new ControlError(401, "the request needs the token: Authorization: Bearer …", {
    "WWW-Authenticate": 'Bearer realm="flag-server"',
  });
}

/** Of one length, whatever the text is: as a comparison in equal time wants it. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
