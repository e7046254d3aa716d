import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that waits for its answer. */
export interface HeldRequest {
  /** In upper case: `US`. */
  readonly code: string;
  /** Answers with a GIF. */
  answer(): void;
}

/** A server that answers when it is told to, so that a test need not know how fast anything is. */
export interface GatedServer extends AsyncDisposable {
  /** What a program takes as its base URL. */
  readonly baseUrl: string;
  readonly counts: {
    readonly requests: number;
    /** The most requests at once that waited for their answers. */
    readonly peak: number;
    readonly connections: number;
  };
}

/**
 * Starts a server on a free port of 127.0.0.1 that calls `onRequest` for each request, and never answers or closes a
 * connection by itself.
 *
 * @param onRequest - Gets all requests that wait, the oldest first.
 * @param bytes - How large each GIF is, about. Default: as small as can be.
 * @example
 * // Answers only three at once.
 * await using server = await startGatedServer((held) => {
 *   if (held.length === 3) for (const request of held) request.answer();
 * });
 */
export async function startGatedServer(
  onRequest: (held: readonly HeldRequest[]) => void,
  bytes = 0,
): Promise<GatedServer> {
  const held = new Set<HeldRequest>();
  const counts = { requests: 0, peak: 0, connections: 0 };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const one: HeldRequest = {
      code: /(\w\w)\.gif/.exec(request.url ?? "")?.[1]?.toUpperCase() ?? "",
      answer: () => {
        if (!held.delete(one)) return;
        const gif = `GIF89a${one.code.padEnd(bytes)};`;
        response.writeHead(200, { "Content-Type": "image/gif", "Content-Length": gif.length });
        response.end(gif);
      },
    };
    response.once("close", () => held.delete(one));
    held.add(one);
    counts.requests += 1;
    counts.peak = Math.max(counts.peak, held.size);
    onRequest([...held]);
  });
  // However long the client is busy elsewhere.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.on("connection", () => {
    counts.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/flags`,
    counts,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
