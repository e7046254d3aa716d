import { writeSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { giveBack } from "../shared/scratch.js";
import { LineRole, type ChildBirth } from "../shared/process-messages.js";

/** The line to the parent. */
export interface ParentLine {
  send(parts: readonly Buffer[]): void;
  /** Writes what has not left this process, without the event loop: it is about to end. */
  flushNow(): void;
}

/** Takes what comes. More may be had from the `source`, if there is one. */
type Receive = (chunk: Buffer, source?: Socket) => void;

/** Opens the line: the socket that the parent named, or else Node's own channel. */
export function openLine(birth: ChildBirth, receive: Receive): ParentLine {
  return birth.address === undefined
    ? new IpcLine(receive)
    : new SocketLine(birth.address, birth.token, receive);
}

/** What Node's sockets have, and its types do not tell of: the file descriptor, and how much waits in the system's queue. */
interface Handle {
  readonly fd?: number;
  readonly writeQueueSize?: number;
  setBlocking?(blocking: boolean): void;
}

class SocketLine implements ParentLine {
  readonly #socket: Socket;
  /** What the socket has and could not write at once. */
  #stuck: readonly Buffer[] = [];
  #queue: Buffer[] = [];
  #connected = false;

  constructor(address: string, token: string, receive: Receive) {
    const calls = join(address, () => {
      calls.write(token + LineRole.Calls);
    });
    calls.on("data", (chunk: Buffer) => {
      receive(chunk, calls);
    });
    this.#socket = join(address, () => {
      this.#connected = true;
      // There is no other way to write before the end there; elsewhere see flushNow().
      if (process.platform === "win32") this.#handle.setBlocking?.(true);
      this.#write([Buffer.from(token + LineRole.Replies), ...this.#queue.splice(0)]);
    });
  }

  send(parts: readonly Buffer[]): void {
    if (this.#connected && this.#stuck.length === 0) this.#write(parts);
    else this.#queue.push(...parts);
  }

  /**
   * The rest of what is stuck is as long as the system's queue says, and nobody else will write now. `process.exit()` would
   * throw it away, with the result of a call that had ended.
   */
  flushNow(): void {
    const { fd = -1, writeQueueSize = 0 } = this.#handle;
    if (!this.#connected || fd < 0) return;
    const stuck = Buffer.concat(this.#stuck);
    const rest = [stuck.subarray(stuck.length - writeQueueSize), ...this.#queue];
    this.#stuck = [];
    this.#queue = [];
    try {
      for (const bytes of rest) writeAll(fd, bytes);
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

/** Connects; without its parent a child has nothing to do, so the end of the line is its own. */
function join(address: string, connected: () => void): Socket {
  const socket = connect({ path: address }, connected);
  // "close" follows, and tells all there is to know.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    process.exit(1);
  });
  return socket;
}

function writeAll(fd: number, bytes: Buffer): void {
  const nap = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      // The parent has not read yet.
      Atomics.wait(nap, 0, 0, 1);
    }
  }
}

class IpcLine implements ParentLine {
  constructor(receive: Receive) {
    // Ours are bytes, and workerpool's are objects: it must not see ours, to which it would answer.
    const others = process.listeners("message");
    process.removeAllListeners("message");
    process.on("message", (message: unknown, handle) => {
      if (message instanceof Uint8Array) {
        receive(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
      } else {
        for (const other of others) other.call(process, message, handle);
      }
    });
  }

  send(parts: readonly Buffer[]): void {
    for (const part of parts) process.send?.(part, undefined, undefined, () => undefined);
  }

  flushNow(): void {
    // Node writes to its channel at once, and has no way to wait for what did not fit.
  }
}
