import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A server at which connections hang. */
export interface DeafServer extends AsyncDisposable {
  /** What a program takes as its base URL. */
  readonly baseUrl: string;
  /** From now on it accepts connections, those that hang included, and never answers. */
  hear(): void;
}

/** Listens with the smallest queue there is. */
const LISTENER = `
  const [, port] = process.argv;
  const server = require("node:net").createServer();
  server.listen({ port: Number(port), host: "127.0.0.1", backlog: 1 }, () => {
    process.send(server.address().port);
  });
`;
/** More than that queue takes. */
const FILLERS = 4;

/**
 * Starts a server on 127.0.0.1 that accepts no connection: its process is stopped and its queue is full, so the
 * system lets further connections hang. Works on Linux.
 *
 * @param port - Default: a free one.
 * @example
 * await using server = await startDeafServer();
 */
export async function startDeafServer(port = 0): Promise<DeafServer> {
  const child = spawn(process.execPath, ["-e", LISTENER, "--", String(port)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [listening] = (await once(child, "message")) as [number];
  child.kill("SIGSTOP");
  const fillers: Socket[] = [];
  for (let filler = 0; filler < FILLERS; filler += 1) {
    const socket = connect(listening, "127.0.0.1");
    socket.on("error", () => undefined);
    fillers.push(socket);
  }
  // The first one is in the queue by then; those that do not fit in hang.
  await Promise.race(fillers.map((socket) => once(socket, "connect")));
  return {
    baseUrl: `http://127.0.0.1:${listening}/flags`,
    hear() {
      for (const socket of fillers) socket.destroy();
      child.kill("SIGCONT");
    },
    async [Symbol.asyncDispose]() {
      for (const socket of fillers) socket.destroy();
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}
