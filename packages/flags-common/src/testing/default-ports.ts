import { createServer, connect, type ListenOptions, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Where the programs look for a server, and start one. */
const DEFAULT_PORTS = [8001, 8002, 8003];
const LOOPBACK = ["127.0.0.1", "::1"];
const RETRY_MS = 50;

/**
 * A name that only one process can listen at: the system gives it back whatever becomes of that process, and on Linux it
 * belongs, as ports do, to the network that the process sees.
 */
const LOCK: ListenOptions =
  process.platform === "linux"
    ? { path: "\0concur-flags-default-ports" }
    : { port: 8000, host: "127.0.0.1" };

/**
 * Waits until no other test, of this clone or another, uses the ports 8001 to 8003 and nobody listens there, and keeps
 * other tests waiting until it is disposed of.
 *
 * @param withinMs - How long to wait at most, in milliseconds. Default: eight minutes.
 * @throws {Error} (as a rejection) When somebody still uses them then.
 * @example
 * await using ports = await reserveDefaultPorts();
 */
export async function reserveDefaultPorts(withinMs = 480_000): Promise<AsyncDisposable> {
  const endMs = performance.now() + withinMs;
  const lock = await takeLock(endMs);
  const release = (): Promise<unknown> => new Promise((resolve) => lock.close(resolve));
  for (let used = await usedPort(); used !== undefined; used = await usedPort()) {
    if (performance.now() > endMs) {
      await release();
      throw new Error(`a program that is none of these tests listens at port ${used}`);
    }
    await sleep(RETRY_MS);
  }
  return {
    async [Symbol.asyncDispose]() {
      await release();
    },
  };
}

async function takeLock(endMs: number): Promise<Server> {
  for (;;) {
    const lock = await listen(LOCK);
    if (lock !== undefined) return lock;
    if (performance.now() > endMs) throw new Error("another test run has the ports 8001 to 8003");
    await sleep(RETRY_MS);
  }
}

function listen(where: ListenOptions): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(where, () => {
      resolve(server);
    });
  });
}

async function usedPort(): Promise<number | undefined> {
  for (const port of DEFAULT_PORTS) {
    for (const host of LOOPBACK) {
      if (await accepts(host, port)) return port;
    }
  }
  return undefined;
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
