import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server of one file that sends as much of it as it is told to. */
export interface StepwiseBody extends AsyncDisposable {
  readonly url: string;
  /** Sends so many bytes more; the last ones end the body. */
  send(byteLength: number): void;
  /** Breaks the body off. */
  breakOff(): void;
}

/**
 * Starts a server on a free port of 127.0.0.1 that has one file, `/large.bin`.
 *
 * @param totalBytes - How long the file is.
 * @param announces - Whether the answer says so, in Content-Length.
 * @example
 * await using server = await startStepwiseBody(20_000_000);
 * // … start a program with server.url, and then:
 * server.send(10_000_000);
 */
export async function startStepwiseBody(
  totalBytes: number,
  announces = true,
): Promise<StepwiseBody> {
  let response: ServerResponse | undefined;
  let allowed = 0;
  let sent = 0;
  const sendAllowed = (): void => {
    if (response === undefined || sent === allowed) return;
    response.write(Buffer.alloc(allowed - sent));
    sent = allowed;
    if (sent === totalBytes) response.end();
  };
  const server = createServer((_request, answer) => {
    response = answer;
    sent = 0;
    answer.writeHead(200, {
      "Content-Type": "application/octet-stream",
      ...(announces ? { "Content-Length": totalBytes } : {}),
    });
    answer.flushHeaders();
    sendAllowed();
  });
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/large.bin`,
    send(byteLength) {
      allowed += byteLength;
      sendAllowed();
    },
    breakOff() {
      allowed = 0;
      response?.destroy();
      response = undefined;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
