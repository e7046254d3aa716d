import type { IncomingMessage } from "node:http";

/**
 * Tells why a request may not touch the control listener, if it may not.
 *
 * The listener is on loopback addresses alone, but a browser on this machine can reach those too. A page of
 * another site could give its own name the address 127.0.0.1 (DNS rebinding): then the Host field holds that
 * name. Or it could simply post a form: then Origin holds the site.
 */
export function refusalOf(request: IncomingMessage, port: number): string | undefined {
  const { host, origin } = request.headers;
  if (host === undefined || !isOwnHost(host, port)) {
    return "the Host field must name this machine: localhost, 127.0.0.1 or [::1], with the port";
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return "the request comes from a page of another origin";
  }
  return undefined;
}

function isOwnHost(host: string, port: number): boolean {
  const own = ["localhost", "127.0.0.1", "[::1]"].map((name) => `${name}:${port}`);
  return own.includes(host.toLowerCase());
}
