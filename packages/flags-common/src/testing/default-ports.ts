import { createServer } from "node:net";

/** Next to the ports 8001 to 8003 that it stands for; nothing else of ours listens there. */
const LOCK_PORT = 8000;
const RETRY_MS = 50;

/**
 * Waits until no other test uses the ports 8001 to 8003, and keeps others waiting until it is disposed of.
 *
 * The tests of several programs run at the same time, each in its own process; a port serves as the lock, because
 * the system gives it back whatever becomes of the process.
 *
 * @example
 * await using ports = await reserveDefaultPorts();
 */
export async function reserveDefaultPorts(): Promise<AsyncDisposable> {
  for (;;) {
    const server = createServer();
    const locked = await new Promise<boolean>((resolve) => {
      server.once("error", () => {
        resolve(false);
      });
      server.listen(LOCK_PORT, "127.0.0.1", () => {
        resolve(true);
      });
    });
    if (locked) {
      return {
        async [Symbol.asyncDispose]() {
          await new Promise((resolve) => server.close(resolve));
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
