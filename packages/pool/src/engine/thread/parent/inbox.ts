import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { ReplyStatus } from "../../shared/messages.js";
import { RecordReader } from "../wire/records.js";
import { type FromWorker, WAKE } from "../wire/thread-messages.js";

/** What a worker says about itself, or prints. */
export type WorkerWord = Extract<FromWorker, { readonly kind: string }>;

/** Who is told what was in the messages of a worker. Each may lead to code of users, and so back into the inbox. */
export interface ThreadInboxListener {
  /** There is something in shared memory. */
  woken(): void;
  reply(ticket: number, status: number, value: unknown): void;
  /** All replies of a message were passed on. */
  replied(): void;
  said(word: WorkerWord): void;
  /** A message cannot be read, and is lost. */
  unreadable(error: unknown): void;
}

const NONE: readonly unknown[] = [];

/**
 * Reads the messages of a worker, when the event loop comes to them or at once.
 *
 * Where it has come to in a message it notes before it passes a reply on. So whoever drains it within that reply goes on with
 * the same message, and replies keep their order.
 */
export class ThreadInbox {
  readonly #port: MessagePort;
  readonly #listener: ThreadInboxListener;
  #replies = NONE;
  #at = 0;
  #records = new RecordReader();
  #closed = false;

  constructor(port: MessagePort, listener: ThreadInboxListener) {
    this.#port = port;
    this.#listener = listener;
    port.on("message", (message: FromWorker) => {
      // What another has begun to pass on comes first.
      this.#passOn();
      this.#receive(message);
    });
    port.on("messageerror", (error) => {
      if (!this.#closed) listener.unreadable(error);
    });
  }

  /** Passes nothing on any more. */
  close(): void {
    this.#closed = true;
    this.#replies = NONE;
    this.#at = 0;
  }

  /** Reads all messages that have come; false when there was none. */
  drain(): boolean {
    let found = this.#passOn();
    while (!this.#closed) {
      let entry: { message: FromWorker } | undefined;
      try {
        entry = receiveMessageOnPort(this.#port);
      } catch (error) {
        this.#listener.unreadable(error);
        continue;
      }
      if (entry === undefined) break;
      found = true;
      this.#receive(entry.message);
    }
    return found;
  }

  #receive(message: FromWorker): void {
    if (this.#closed) return;
    if (message === WAKE) {
      this.#listener.woken();
    } else if (Array.isArray(message)) {
      this.#replies = message;
      this.#at = 0;
      this.#records = new RecordReader();
      this.#passOn();
      this.#listener.replied();
    } else {
      this.#listener.said(message);
    }
  }

  /** Passes on what is left of the message at hand; false when there was nothing. */
  #passOn(): boolean {
    const found = this.#at < this.#replies.length;
    while (this.#at < this.#replies.length) {
      const replies = this.#replies;
      const at = this.#at;
      const ticket = replies[at] as number;
      const status = replies[at + 1] as number;
      if (status === ReplyStatus.Record) {
        const record = this.#records.read(replies, at + 2);
        this.#at = this.#records.end;
        this.#listener.reply(ticket, ReplyStatus.Value, record);
      } else {
        this.#at = at + 3;
        this.#listener.reply(ticket, status, replies[at + 2]);
      }
    }
    this.#replies = NONE;
    this.#at = 0;
    return found;
  }
}
