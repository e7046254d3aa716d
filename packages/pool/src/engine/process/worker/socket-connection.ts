import { connect, type Socket } from "node:net";
import { exitProcess } from "../../../internal/platform.js";
import { giveBack } from "../wire/scratch.js";
import { ConnectionRole, type ChildBirth } from "../wire/process-messages.js";
import { IpcConnection } from "./ipc-connection.js";
import { writeAll, type ParentConnection } from "./connection.js";

/** Takes what comes. More may be had from the `source`, if there is one. */
type Receive = (chunk: Buffer, source?: Socket) => void;

/** Opens the connection: the socket that the parent named, or else Node's own channel. `drained` is told when all has left. */
export function openConnection(
  birth: ChildBirth,
  receive: Receive,
  drained: () => void,
): ParentConnection {
  return birth.address === undefined
    ? new IpcConnection(birth.token, receive, drained)
    : new SocketConnection(birth.address, birth.token, receive, drained);
}

/** What Node's sockets have, and its types do not tell of: the file descriptor, and how much waits in the system's queue. */
interface Handle {
  readonly fd?: number;
  readonly writeQueueSize?: number;
  setBlocking?(blocking: boolean): void;
}

class SocketConnection implements ParentConnection {
  readonly #socket: Socket;
  /** What the socket has and could not write at once. */
  #stuck: readonly Buffer[] = [];
  #queue: Buffer[] = [];
  #connected = false;

  readonly #drained: () => void;

  constructor(address: string, token: string, receive: Receive, drained: () => void) {
    this.#drained = drained;
    const calls = join(address, () => {
      calls.write(token + ConnectionRole.Calls);
    });
    calls.on("data", (chunk: Buffer) => {
      receive(chunk, calls);
    });
    this.#socket = join(address, () => {
      this.#connected = true;
      // There is no other way to write before the end there; elsewhere see flushNow().
      if (process.platform === "win32") this.#handle.setBlocking?.(true);
      const queue = this.#queue;
      this.#queue = [];
      queue.unshift(Buffer.from(token + ConnectionRole.Replies));
      this.#write(queue);
      if (!this.isStuck) drained();
    });
  }

  get isStuck(): boolean {
    return !this.#connected || this.#stuck.length > 0;
  }

  send(parts: readonly Buffer[]): void {
    if (this.#connected && this.#stuck.length === 0) this.#write(parts);
    else parts.forEach((part) => this.#queue.push(part));
  }

  /**
   * The rest of what is stuck is as long as the system's queue says, and nobody else will write now. `process.exit()` would
   * throw it away, with the result of a call that had ended.
   */
  flushNow(): void {
    const { fd = -1, writeQueueSize = 0 } = this.#handle;
    if (!this.#connected || fd < 0) return;
    const stuck = Buffer.concat(this.#stuck);
    const rest: Buffer[] = [stuck.subarray(stuck.length - writeQueueSize)];
    this.#queue.forEach((bytes) => rest.push(bytes));
    this.#stuck = [];
    this.#queue = [];
    try {
      rest.forEach((bytes) => writeAll(fd, bytes));
    } catch {
      // The parent is gone, so nobody waits for it.
    }
  }

  get #handle(): Handle {
    return (this.#socket as { readonly _handle?: Handle })._handle ?? {};
  }

  #write(parts: readonly Buffer[]): void {
    const socket = this.#socket;
    let stuck = false;
    const written = (): void => {
      parts.forEach(giveBack);
      if (!stuck) return;
      this.#stuck = [];
      if (this.#queue.length > 0) this.#write(this.#queue.splice(0));
      if (!this.isStuck) this.#drained();
    };
    if (parts.length > 1) socket.cork();
    parts.forEach((part, index) => {
      socket.write(part, index === parts.length - 1 ? written : undefined);
    });
    if (parts.length > 1) socket.uncork();
    if (socket.writableLength === 0) return;
    stuck = true;
    this.#stuck = parts;
  }
}

/** Connects; without its parent a child has nothing to do, so it ends with its connection. */
function join(address: string, connected: () => void): Socket {
  const socket = connect({ path: address }, connected);
  // "close" follows, and tells all there is to know.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    exitProcess(1);
  });
  return socket;
}
