import { createServer, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import { Connection } from "./connection.js";
import { Counters, type FlagListenerStats } from "./counters.js";
import { wait } from "./faults/deliver.js";
import { PendingDelays } from "./pending-delays.js";
import { RequestHandler, type ListenerContext } from "./request-handler.js";
import { decide } from "./rules/decide.js";

/** How long a client may take for the head of a request, and for all of it, in milliseconds. */
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const TIMEOUT_CHECK_MS = 1000;

/** One label of the server: its connections, its counts, and the fate of its requests. */
export class FlagListener {
  readonly counters = new Counters();
  readonly #context: ListenerContext;
  readonly #handler: RequestHandler;
  readonly #delays = new PendingDelays();
  readonly #servers = new Set<Server>();
  readonly #connections = new Map<Socket, Connection>();
  readonly #byStream = new WeakMap<Socket, Connection>();
  #connectionCount = 0;

  constructor(context: ListenerContext) {
    this.#context = context;
    this.#handler = new RequestHandler(context, this.counters, this.#delays);
  }

  /** Makes one more server whose requests belong to this listener; it may have one per address. */
  createServer(): Server {
    const server = createServer(
      {
        headersTimeout: HEAD_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      },
      (request, response) => {
        const connection = this.#byStream.get(request.socket);
        if (connection === undefined) return;
        this.#limitIdleTime(connection, response);
        this.#handler.handle(connection, request, response);
      },
    );
    // Node's own listener is the first: what it does with a connection can wait, ours cannot.
    const [begin] = server.listeners("connection") as ((socket: Socket) => void)[];
    server.removeAllListeners("connection");
    server.on("connection", (socket) => {
      this.#accept(socket, (connection) => {
        this.#encrypt(connection, () => begin?.call(server, connection.stream));
      });
    });
    server.once("listening", () => {
      this.#servers.add(server);
      // From here on an error is one connection that could not be accepted (too many open files, say).
      // The others must not fall with it.
      server.on("error", () => undefined);
    });
    server.once("close", () => this.#servers.delete(server));
    return server;
  }

  stats(): FlagListenerStats {
    const { requests, concurrentRequests, peakConcurrentRequests, newConnections } = this.counters;
    const openConnections = this.#connections.size;
    return {
      requests,
      concurrentRequests,
      peakConcurrentRequests,
      openConnections,
      newConnections,
    };
  }

  /** Counts requests, attempts and connections from the start again. */
  reset(): void {
    this.counters.reset();
    this.#handler.reset();
    this.#connectionCount = 0;
  }

  /** Stops accepting, lets requests in flight have their replies, and cuts what is left after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#handler.draining = true;
    const closed = Array.from(
      this.#servers,
      // close() also closes the connections that are kept alive with nothing to do.
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const connection of this.#connections.values()) connection.closeWhenDone();
    this.#delays.sendAllNow();
    for (const socket of this.#connections.keys()) {
      // Node counts a connection without a first byte as busy; nobody waits for a reply on it.
      if (socket.bytesRead === 0) socket.destroy();
    }
    const cut = setTimeout(() => {
      for (const socket of this.#connections.keys()) socket.destroy();
    }, graceMs);
    await Promise.all(closed);
    clearTimeout(cut);
    // A server counts as closed one step before the last of its sockets does.
    await Promise.all(
      Array.from(
        this.#connections.keys(),
        (socket) => new Promise((resolve) => socket.once("close", resolve)),
      ),
    );
  }

  /** Sets how long the connection may be idle after a reply, if that is not as usual. */
  #limitIdleTime(connection: Connection, response: ServerResponse): void {
    const { label, rules } = this.#context;
    const { idleTimeoutMs } = rules.of(label).limits;
    if (idleTimeoutMs === undefined || !response.shouldKeepAlive) return;
    // Said by us, Node adds no Keep-Alive, by which a client would know when not to use the connection any more.
    response.setHeader("Connection", "keep-alive");
    response.once("finish", () => {
      // In place of the time that Node has just set, a second more than it tells; it ends with the next request.
      if (connection.isLast(response)) connection.stream.setTimeout(idleTimeoutMs);
    });
  }

  /** Puts TLS between the connection and HTTP, where it is asked for. */
  #encrypt(connection: Connection, begin: () => void): void {
    const { secureContext } = this.#context;
    const { socket } = connection;
    if (secureContext !== undefined) {
      const stream = new TLSSocket(socket, {
        isServer: true,
        secureContext,
        ALPNProtocols: ["http/1.1"],
      });
      // A client that does not trust the certificate, speaks no TLS, or is silent.
      const giveUp = (): void => void socket.destroy();
      stream.on("error", giveUp);
      stream.once("end", giveUp);
      const late = setTimeout(giveUp, HEAD_TIMEOUT_MS);
      connection.onceClosed(() => {
        clearTimeout(late);
      });
      stream.once("secure", () => {
        clearTimeout(late);
        stream.off("end", giveUp);
        begin();
      });
      connection.stream = stream;
    }
    this.#byStream.set(connection.stream, connection);
    if (secureContext === undefined) begin();
  }

  #accept(socket: Socket, begin: (connection: Connection) => void): void {
    const { counters } = this;
    const { label, seed, rules } = this.#context;
    const { limits, connections: slowRules } = rules.of(label);
    const { maxConnections = Infinity } = limits;
    // A client that resets its connection is no news, neither to us nor to Node.
    socket.on("error", () => undefined);
    if (this.#connections.size >= maxConnections) {
      counters.refusedConnections += 1;
      socket.resetAndDestroy();
      return;
    }
    counters.newConnections += 1;
    const number = (this.#connectionCount += 1);
    const connection = new Connection(number, socket);
    this.#connections.set(socket, connection);
    counters.peakConnections = Math.max(counters.peakConnections, this.#connections.size);
    socket.once("close", () => {
      this.#connections.delete(socket);
      connection.close();
    });

    const identity = { seed, listener: label, path: "", attempt: number, method: "" };
    const decision = slowRules.length === 0 ? undefined : decide(slowRules, identity);
    if (decision?.delay === undefined) {
      begin(connection);
      return;
    }
    counters.faultDone(decision.rule, decision.fault.kind);
    wait({ connection, delays: this.#delays }, decision.delay.ms, () => {
      begin(connection);
    });
  }
}
