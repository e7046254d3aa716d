import { createServer, type AddressInfo, type Socket } from "node:net";
import { NEVER } from "./patience.js";

/** A server that does one thing wrong, on a free port of 127.0.0.1. */
export interface FaultServer extends AsyncDisposable {
  /** What a program takes as its base URL. */
  readonly baseUrl: string;
}

/** One thing that a server can do wrong, and what a program must say about it. */
export interface FaultCase {
  readonly title: string;
  /** Gets the bare connection each time a request was read from it. */
  readonly answer: (socket: Socket) => void;
  /** Time limits that the case needs, to be given behind {@link NO_LIMITS}. */
  readonly args: readonly string[];
  /** Stands behind `*** Error for US: `. */
  readonly reason: string;
}

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\n";
const BEGINNING = `GIF89a${"x".repeat(1000)}`;

function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write("x"), 20);
  socket.once("close", () => {
    clearInterval(timer);
  });
}

/** What goes wrong between a program and a server, beyond error statuses. */
export const FAULT_CASES: readonly FaultCase[] = [
  {
    title: "KB8: a server that never answers",
    answer: () => undefined,
    args: ["--timeout", "0.3", "--connect-timeout", NEVER],
    reason: "timed out after 0.3 s without data",
  },
  {
    title: "KB8: a server that drips for ever",
    answer: (socket) => {
      socket.write(`${HEAD}Content-Length: 5000\r\n\r\nGIF89a`);
      drip(socket);
    },
    args: ["--max-time", "0.5"],
    reason: "took longer than 0.5 s",
  },
  {
    title: "KB9: a body shorter than announced",
    answer: (socket) => socket.end(`${HEAD}Content-Length: 5000\r\n\r\n${BEGINNING}`),
    args: [],
    reason: "body is truncated (1006 of 5000 bytes)",
  },
  {
    title: "KB9: a chunked body that breaks off",
    answer: (socket) => socket.end(`${HEAD}Transfer-Encoding: chunked\r\n\r\n6\r\nGIF89a\r\n`),
    args: [],
    reason: "body is truncated (6 bytes, then the connection closed)",
  },
  {
    title: "half a GIF without a length",
    answer: (socket) => socket.end(`${HEAD}\r\n${BEGINNING}`),
    args: [],
    reason: "body is truncated (GIF without its end, 1006 bytes)",
  },
  {
    title: "KB9: a reset",
    answer: (socket) => socket.resetAndDestroy(),
    args: [],
    reason: "Connection reset",
  },
  {
    title: "an end without an answer",
    answer: (socket) => socket.end(),
    args: [],
    reason: "Connection closed without an answer",
  },
  {
    title: "something that is not HTTP",
    answer: (socket) => socket.end("220 ready\r\n"),
    args: [],
    reason: "not an HTTP answer (HPE_INVALID_CONSTANT)",
  },
  {
    title: "a page with status 200",
    answer: (socket) =>
      socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Log in</html>"),
    args: [],
    reason: "not a GIF (text/html)",
  },
  {
    title: "a GIF under the label of gzip",
    answer: (socket) =>
      socket.end(`${HEAD}Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\nGIF89a123;`),
    args: [],
    reason: "not a GIF (encoded as gzip)",
  },
  {
    title: "KB7: an empty success",
    answer: (socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n"),
    args: [],
    reason: "HTTP 204 - No Content",
  },
  {
    title: "KB12: an unusual status",
    answer: (socket) => socket.end("HTTP/1.1 418 I'm a Teapot\r\nContent-Length: 0\r\n\r\n"),
    args: [],
    reason: "HTTP 418 - I'm a Teapot",
  },
  {
    title: "a redirect to another host",
    answer: (socket) =>
      socket.end("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2/\r\nContent-Length: 0\r\n\r\n"),
    args: [],
    reason: "redirect to another host refused (127.0.0.2)",
  },
  {
    title: "a redirect in circles",
    answer: (socket) =>
      socket.end("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"),
    args: [],
    reason: "more than 5 redirects (--max-redirs)",
  },
];

/**
 * Starts a server that answers each request in the way of a {@link FaultCase}.
 *
 * @example
 * await using server = await startFaultServer((socket) => socket.resetAndDestroy());
 */
export async function startFaultServer(answer: (socket: Socket) => void): Promise<FaultServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", () => {
      answer(socket);
    });
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/flags`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
