import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

import type { StaticFiles } from "./assets.js";
import { AttemptCounter } from "./attempt-counter.js";
import { decideFault, type FaultRates } from "./fault-decision.js";
import type { FlagListenerLabel } from "./options.js";
import { PendingDelays } from "./pending-delays.js";
import { errorReply, requestPath, textReply, type Reply } from "./reply.js";
import { replyFromFiles } from "./static-files.js";

/** How a listener treats its requests. */
export interface ListenerProfile extends FaultRates {
  readonly label: FlagListenerLabel;
  readonly seed: string;
  readonly delayMs: number;
}

/** Counts of one listener since it started. */
export interface FlagListenerStats {
  /** Requests received, failed ones included. */
  readonly requests: number;
  /** Requests that wait for their reply now. */
  readonly concurrentRequests: number;
  /** The most requests that ever waited at the same time. A request ends before its client can know of it. */
  readonly peakConcurrentRequests: number;
  /** Connections that are open now. */
  readonly openConnections: number;
  /** Connections ever accepted: far fewer than `requests` when the client keeps them alive. */
  readonly newConnections: number;
}

/** One label of the server: its connections, its counts, and the fate of its requests. */
export class FlagListener {
  readonly #profile: ListenerProfile;
  readonly #files: StaticFiles;
  readonly #attempts = new AttemptCounter();
  readonly #delays = new PendingDelays();
  readonly #servers = new Set<Server>();
  readonly #sockets = new Set<Socket>();
  #draining = false;
  #requests = 0;
  #concurrentRequests = 0;
  #peakConcurrentRequests = 0;
  #newConnections = 0;

  constructor(profile: ListenerProfile, files: StaticFiles) {
    this.#profile = profile;
    this.#files = files;
  }

  /** Makes one more server whose requests belong to this listener; it may have one per address. */
  createServer(): Server {
    const server = createServer((request, response) => {
      this.#answer(request, response);
    });
    server.on("connection", (socket) => {
      this.#newConnections += 1;
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
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
    return {
      requests: this.#requests,
      concurrentRequests: this.#concurrentRequests,
      peakConcurrentRequests: this.#peakConcurrentRequests,
      openConnections: this.#sockets.size,
      newConnections: this.#newConnections,
    };
  }

  /** Stops accepting, lets requests in flight have their replies, and cuts what is left after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#draining = true;
    const closed = Array.from(
      this.#servers,
      // close() also closes the connections that are kept alive with nothing to do.
      (server) =>
        new Promise<void>((resolve) =>
          server.close(() => {
            resolve();
          }),
        ),
    );
    this.#delays.sendAllNow();
    for (const socket of this.#sockets) {
      // Node counts a connection without a first byte as busy; nobody waits for a reply on it.
      if (socket.bytesRead === 0) socket.destroy();
    }
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await Promise.all(closed);
    clearTimeout(cut);
    // A server counts as closed one step before the last of its sockets does.
    await Promise.all(
      Array.from(
        this.#sockets,
        (socket) => new Promise((resolve) => socket.once("close", resolve)),
      ),
    );
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#begin();
    let waiting = true;
    const settle = (): void => {
      if (waiting) this.#concurrentRequests -= 1;
      waiting = false;
    };
    const send = (reply: Reply): void => {
      // Before the write: once the bytes are out, the client may start its next request.
      settle();
      this.#write(response, request.method === "HEAD", reply);
    };
    response.once("close", settle);

    const path = requestPath(request);
    if (path === undefined) {
      send(textReply(400));
      return;
    }
    const fault = this.#fault(path);
    if (fault.kind === "error") {
      send(errorReply(fault.status));
      return;
    }
    const method = request.method ?? "GET";
    const reply = replyFromFiles(this.#files, { method, path, headers: request.headers });
    if (fault.kind === "none") {
      send(reply);
      return;
    }
    const callOff = this.#delays.hold(this.#profile.delayMs, () => {
      send(reply);
    });
    response.once("close", callOff);
  }

  #begin(): void {
    this.#requests += 1;
    this.#concurrentRequests += 1;
    this.#peakConcurrentRequests = Math.max(this.#peakConcurrentRequests, this.#concurrentRequests);
  }

  #fault(path: string) {
    const { seed, label: listener } = this.#profile;
    return decideFault({ seed, listener, path, attempt: this.#attempts.next(path) }, this.#profile);
  }

  #write(response: ServerResponse, headersOnly: boolean, reply: Reply): void {
    if (response.destroyed) return;
    // Without this a connection that just had its reply would stay open until its idle timeout.
    if (this.#draining) response.setHeader("Connection", "close");
    response.writeHead(reply.status, reply.headers);
    response.end(headersOnly ? undefined : reply.body);
  }
}
