import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { bindLoopback, errorCode, listenError } from "../binding.js";
import { carryOut } from "./routes.js";
import { ControlError, json, type ControlReply } from "./control-reply.js";
import { refusalOf } from "./guard.js";
import type { ControlTarget } from "./target.js";

/** A control listener that accepts connections. */
export interface ControlListener {
  readonly port: number;
  /** Cuts its connections and closes it: nobody waits for a reply that matters. */
  stop(): Promise<void>;
}

const MAX_CONNECTIONS = 200;

/**
 * Opens the control listener on the loopback addresses.
 *
 * @param port - `undefined` takes `preferredPort` if it is free, or any.
 */
export async function openControl(
  target: ControlTarget,
  port: number | undefined,
  preferredPort: number,
): Promise<ControlListener> {
  const servers: Server[] = [];
  const create = (): Server => {
    const server = createServer(
      { headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 },
      (request, response) => void answer(target, request, response),
    );
    server.maxConnections = MAX_CONNECTIONS;
    server.once("listening", () => server.on("error", () => undefined));
    servers.push(server);
    return server;
  };
  const bound = await bind(create, port, preferredPort);
  return {
    port: bound,
    async stop() {
      const closed = servers.map(
        (server) => new Promise<void>((resolve) => server.close(() => resolve())),
      );
      for (const server of servers) server.closeAllConnections();
      await Promise.all(closed);
    },
  };
}

async function bind(
  create: () => Server,
  port: number | undefined,
  preferredPort: number,
): Promise<number> {
  const wanted = port ?? preferredPort;
  try {
    return (await bindLoopback(create, wanted)).port;
  } catch (error) {
    if (port === undefined && wanted !== 0 && errorCode(error) === "EADDRINUSE") {
      return bind(create, 0, 0);
    }
    throw listenError("the control listener", wanted, "127.0.0.1", error);
  }
}

async function answer(
  target: ControlTarget,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let reply: ControlReply;
  try {
    const refusal = refusalOf(request, request.socket.localPort ?? 0);
    if (refusal !== undefined) throw new ControlError(403, refusal);
    reply = await carryOut(target, request);
  } catch (error) {
    // A client that leaves in the middle of its body is an error of the body's stream.
    if (response.destroyed) return;
    const known = error instanceof ControlError ? error : new ControlError(500, "internal error");
    reply = { ...json({ error: known.message }, known.status), headers: known.headers };
  }
  const { status, contentType, body, headers = {} } = reply;
  response.writeHead(status, {
    "Content-Type": contentType,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
