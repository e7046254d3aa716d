import { mkdtempSync, rmSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTimer } from "../../../internal/timer.js";
import { ConnectionRole, TOKEN_LENGTH } from "../wire/process-messages.js";
import { atExit } from "./at-exit.js";
import { TOKEN_MS } from "../../tuning.js";

/** The longest path of a socket on every Unix. */
const MAX_PATH = 103;

/** The two connections to a child. */
export interface ChildConnections {
  readonly calls: Socket;
  readonly replies: Socket;
}

/** Who waits for a child. */
export interface Host {
  meet(connections: ChildConnections): void;
  /** A thread of the child has come, before or after it. */
  meetThread(recalls: Socket): void;
}

/** Makes a secret. */
export function makeToken(): string {
  return process
    .getBuiltinModule("node:crypto")
    .randomBytes(TOKEN_LENGTH / 2)
    .toString("hex");
}

/** A place where a child is expected. */
export interface PendingConnection {
  readonly address: string;
  readonly token: string;
  /** Expects the child no longer. */
  cancel(): void;
}

/**
 * Where new children find their parent: a socket in a folder that nobody else can enter, or a pipe with a name that nobody
 * can guess; and each child has a secret to say there. It exists only while a child is expected.
 */
export class Rendezvous {
  /** By the token and the role. */
  readonly #expected = new Map<string, (socket: Socket) => void>();
  #server: Server | undefined;
  #address = "";
  #remove: (() => void) | undefined;

  /** Expects a child; undefined where sockets cannot be had. */
  expect(host: Host): PendingConnection | undefined {
    if (this.#server === undefined && !this.#listen()) return undefined;
    const token = makeToken();
    let [calls, replies]: (Socket | undefined)[] = [];
    const meetBoth = (): void => {
      if (calls !== undefined && replies !== undefined) host.meet({ calls, replies });
    };
    this.#expected.set(token + ConnectionRole.Calls, (socket) => {
      calls = socket;
      meetBoth();
    });
    this.#expected.set(token + ConnectionRole.Replies, (socket) => {
      replies = socket;
      meetBoth();
    });
    this.#expected.set(token + ConnectionRole.Recalls, (socket) => {
      host.meetThread(socket);
    });
    return {
      address: this.#address,
      token,
      cancel: () => {
        for (const role of Object.values(ConnectionRole)) this.#expected.delete(token + role);
        this.#closeIfEmpty();
      },
    };
  }

  #listen(): boolean {
    const place = makePlace();
    if (place === undefined) return false;
    // Loaded here: who has no processes needs no sockets, and they take long to load.
    const server = process.getBuiltinModule("node:net").createServer((socket) => {
      this.#ask(socket);
    });
    // What fails later fails for a child that does not come: the limit of its start-up will tell.
    server.on("error", () => undefined);
    if (!listens(server, place.address)) {
      place.remove();
      return false;
    }
    const forget = atExit(place.remove);
    this.#server = server;
    this.#address = place.address;
    this.#remove = () => {
      forget();
      place.remove();
    };
    return true;
  }

  /** Reads the token, which comes first. */
  #ask(socket: Socket): void {
    let said = Buffer.alloc(0);
    socket.unref();
    socket.on("error", () => undefined);
    const stopTimer = startTimer(TOKEN_MS, () => socket.destroy(), true);
    socket.once("close", stopTimer);
    const listen = (chunk: Buffer): void => {
      said = Buffer.concat([said, chunk]);
      if (said.length <= TOKEN_LENGTH) return;
      socket.off("data", listen);
      socket.pause();
      stopTimer();
      const token = said.toString("latin1", 0, TOKEN_LENGTH + 1);
      const meet = this.#expected.get(token);
      if (meet === undefined) {
        socket.destroy();
        return;
      }
      this.#expected.delete(token);
      if (said.length > TOKEN_LENGTH + 1) socket.unshift(said.subarray(TOKEN_LENGTH + 1));
      meet(socket);
      this.#closeIfEmpty();
    };
    socket.on("data", listen);
  }

  #closeIfEmpty(): void {
    if (this.#expected.size > 0 || this.#server === undefined) return;
    this.#server.close();
    this.#server = undefined;
    this.#remove?.();
    this.#remove = undefined;
  }
}

/** With Node's permission model a program may be allowed to write files, and not to listen. */
function listens(server: Server, path: string): boolean {
  try {
    server.listen({ path, exclusive: true });
  } catch {
    return false;
  }
  server.unref();
  return server.listening;
}

/** Makes a place to listen at, if there is a folder for it and its path is short enough. */
function makePlace(): { address: string; remove: () => void } | undefined {
  if (process.platform === "win32") {
    const { randomUUID } = process.getBuiltinModule("node:crypto");
    return { address: `\\\\.\\pipe\\concur-${randomUUID()}`, remove: () => undefined };
  }
  let folder: string;
  try {
    // Only this user can enter it: mode 0700.
    folder = mkdtempSync(join(tmpdir(), "concur-"));
  } catch {
    return undefined;
  }
  const address = join(folder, "s");
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  if (Buffer.byteLength(address) <= MAX_PATH) return { address, remove };
  remove();
  return undefined;
}
