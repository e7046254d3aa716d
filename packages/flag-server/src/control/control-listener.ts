import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { bindHost, bindLoopback, listenError } from "../binding.js";
import { errorCode } from "../failures.js";
import { readFields } from "../request-fields.js";
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

/** Where the control listener is to be. */
export interface ControlPlace {
  /** `undefined`: the loopback addresses. */
  readonly host: string | undefined;
  /** `undefined`: `preferredPort` if it is free, or any. */
  readonly port: number | undefined;
  readonly preferredPort: number;
}

/** Opens the control listener. */
export async function openControl(
  target: ControlTarget,
  { host, port, preferredPort }: ControlPlace,
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
  const bound = await bind(create, host, port, preferredPort);
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
  host: string | undefined,
  port: number | undefined,
  preferredPort: number,
): Promise<number> {
  const wanted = port ?? preferredPort;
  try {
    const bound = await (host === undefined
      ? bindLoopback(create, wanted)
      : bindHost(create, host, wanted));
    return bound.port;
  } catch (error) {
    if (port === undefined && wanted !== 0 && errorCode(error) === "EADDRINUSE") {
      return bind(create, host, 0, 0);
    }
    throw listenError("the control listener", wanted, host ?? "127.0.0.1", error);
  }
}

async function answer(
  target: ControlTarget,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let reply: ControlReply;
  try {
    if (!readFields(request.rawHeaders).hostIsSound) {
      throw new ControlError(400, "there must be one Host field, and a sound one");
    }
    const refusal =
      target.token === undefined ? refusalOf(request, request.socket.localPort ?? 0) : undefined;
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
