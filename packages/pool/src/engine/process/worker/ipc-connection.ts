import { types } from "node:util";
import { serialize } from "node:v8";
import { writeAll, type ParentConnection } from "./connection.js";

/** What Node's channel has, and its types do not tell of. */
interface ChannelHandle {
  readonly fd: number;
  /** How many bytes wait in the system's queue. */
  readonly writeQueueSize: number;
  /** How many bytes it was ever given. */
  readonly bytesWritten: number;
}

/** Bytes that Node was given and has not written yet. */
interface Sent {
  readonly part: Buffer;
  /** Where their message begins and ends, as `bytesWritten` counts. */
  readonly from: number;
  to: number;
}

/** Node's own, whatever a task puts in its place. */
const sendMessage = process.send?.bind(process);

/**
 * The connection to the parent where there is no socket: messages over Node's own channel. Tasks may use it, too: what is ours begins
 * with a token, which only the two programs know.
 */
export class IpcConnection implements ParentConnection {
  readonly #waiting = new Set<Sent>();
  readonly #mark: Buffer;
  readonly #drained: () => void;
  readonly #listen: NodeJS.MessageListener;

  constructor(token: string, receive: (chunk: Buffer) => void, drained: () => void) {
    this.#mark = Buffer.from(token);
    this.#drained = drained;
    // Ours are bytes, and workerpool's are objects: it must not see ours, to which it would answer.
    const others = process.listeners("message");
    process.removeAllListeners("message");
    this.#listen = (message: unknown, handle) => {
      if (!types.isUint8Array(message)) {
        others.forEach((other) => {
          other.call(process, message, handle);
        });
        return;
      }
      const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
      const { length } = this.#mark;
      if (bytes.subarray(0, length).equals(this.#mark)) receive(bytes.subarray(length));
    };
    process.on("message", this.#listen);
  }

  get isStuck(): boolean {
    return this.#waiting.size > 0;
  }

  send(parts: readonly Buffer[]): void {
    // A task may have taken all listeners away; its answer goes by here.
    if (!process.listeners("message").includes(this.#listen)) process.on("message", this.#listen);
    parts.forEach((frames) => {
      const part = Buffer.concat([this.#mark, frames]);
      const from = channelHandle()?.bytesWritten ?? 0;
      const sent: Sent = { part, from, to: from };
      this.#waiting.add(sent);
      sendMessage?.(part, undefined, undefined, () => {
        this.#waiting.delete(sent);
        if (!this.isStuck) this.#drained();
      });
      sent.to = channelHandle()?.bytesWritten ?? 0;
    });
  }

  /**
   * Node has no way to wait for what did not fit into its channel, and `process.exit()` would throw it away. What is left is
   * the end of the messages that wait, which can be made again, byte by byte. Where the count of the bytes says that
   * somebody else has sent something in between, nothing is written: a message in pieces would harm the parent.
   */
  flushNow(): void {
    const handle = channelHandle();
    if (handle === undefined || handle.fd < 0 || handle.writeQueueSize === 0) return;
    const messages: Buffer[] = [];
    let from = handle.bytesWritten;
    const waiting: Sent[] = [];
    this.#waiting.forEach((sent) => waiting.push(sent));
    for (let at = waiting.length - 1; at >= 0; at -= 1) {
      const sent = waiting[at];
      if (sent?.to !== from) break;
      const message = messageOf(sent.part);
      if (from - message.length !== sent.from) break;
      messages.unshift(message);
      ({ from } = sent);
    }
    const all = Buffer.concat(messages);
    if (all.length < handle.writeQueueSize) return;
    try {
      writeAll(handle.fd, all.subarray(all.length - handle.writeQueueSize));
    } catch {
      // The parent is gone, so nobody waits for it.
    }
  }
}

function channelHandle(): ChannelHandle | undefined {
  const symbol = Object.getOwnPropertySymbols(process).find(
    ({ description }) => description === "kChannelHandle",
  );
  if (symbol === undefined) return undefined;
  return (Reflect.get(process, symbol) as ChannelHandle | null) ?? undefined;
}

/** Makes the message that Node makes of bytes: a length in four bytes, and the value in V8's format with a 0 for "bytes". */
function messageOf(bytes: Buffer): Buffer {
  const value = serialize(bytes);
  // The two bytes of the format and the one that says that Node writes the rest.
  const before = 3;
  const start = Buffer.alloc(4 + before + 1);
  start.writeUInt32BE(value.length + 1);
  value.copy(start, 4, 0, before);
  return Buffer.concat([start, value.subarray(before)]);
}
