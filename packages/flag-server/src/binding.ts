import { once } from "node:events";
import type { Server } from "node:http";

import { errorCode, messageOf } from "./failures.js";

/** Accepts more waiting connections than Node's 511, since a client may open 1000 at once. */
const BACKLOG = 2048;
const MAX_TRIES = 20;
const NO_IPV6 = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "ENOTSUP"]);

/** Servers that listen on one port: one for each address. */
export interface Binding {
  readonly servers: readonly Server[];
  readonly port: number;
}

/** Listens on one address. Port 0 takes a free one. */
export async function bindHost(create: () => Server, host: string, port: number): Promise<Binding> {
  const server = create();
  server.listen({ host, port, backlog: BACKLOG });
  // Rejects with the error when the server emits one instead.
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return { servers: [server], port: address.port };
}

/**
 * Listens on 127.0.0.1 and, where the machine has it, on ::1 with the same port.
 *
 * A port whose ::1 half belongs to another program counts as busy: a client that takes `localhost`
 * for ::1 would talk to a stranger.
 */
export async function bindLoopback(create: () => Server, port: number): Promise<Binding> {
  for (let tries = 1; ; tries += 1) {
    const ipv4 = await bindHost(create, "127.0.0.1", port);
    try {
      const ipv6 = await bindHost(create, "::1", ipv4.port);
      return { servers: [...ipv4.servers, ...ipv6.servers], port: ipv4.port };
    } catch (error) {
      if (NO_IPV6.has(errorCode(error))) return ipv4;
      for (const server of ipv4.servers) {
        server.close();
        server.closeAllConnections();
      }
      // A port free on one address may be taken on the other: any other port will do.
      if (port !== 0 || errorCode(error) !== "EADDRINUSE" || tries === MAX_TRIES) throw error;
    }
  }
}

/** Makes the one-line error of a listener that could not start, with the `code` of its cause. */
export function listenError(label: string, port: number, host: string, cause: unknown): Error {
  const code = errorCode(cause);
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} is in use; stop the program that has it or choose another port`,
    EACCES: `port ${port} is not allowed; choose one from 1024 up`,
    ENOTFOUND: `no address is known for ${host}`,
    EADDRNOTAVAIL: `this machine has no address ${host}`,
  };
  const reason = reasons[code] ?? messageOf(cause);
  return Object.assign(new Error(`${label} cannot listen: ${reason}`, { cause }), { code });
}
