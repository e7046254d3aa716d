import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { ReplyStatus, WAKE, type FromWorker } from "../shared/messages.js";
import { RecordReader } from "../shared/records.js";

/** What a worker says about itself, or prints. */
export type WorkerWord = Extract<FromWorker, { readonly kind: string }>;

/** Who is told what was in the messages of a worker. */
export interface MailboxListener {
  /** There is something in shared memory. */
  woken(): void;
  reply(slot: number, status: number, value: unknown): void;
  /** All replies of a message were passed on. */
  replied(): void;
  said(word: WorkerWord): void;
  /** A message cannot be read, and is lost. */
  unreadable(error: unknown): void;
}

/** Reads the messages of a worker, when the event loop comes to them or at once. */
export class Mailbox {
  readonly #port: MessagePort;
  readonly #listener: MailboxListener;
  readonly #records = new RecordReader();

  constructor(port: MessagePort, listener: MailboxListener) {
    this.#port = port;
    this.#listener = listener;
    port.on("message", (message: FromWorker) => {
      this.#receive(message);
    });
    port.on("messageerror", (error) => {
      listener.unreadable(error);
    });
  }

  /** Reads all messages that have come; false when there was none. */
  drain(): boolean {
    for (let found = false; ; found = true) {
      let entry: { message: FromWorker } | undefined;
      try {
        entry = receiveMessageOnPort(this.#port);
      } catch (error) {
        this.#listener.unreadable(error);
        continue;
      }
      if (entry === undefined) return found;
      this.#receive(entry.message);
    }
  }

  #receive(message: FromWorker): void {
    if (message === WAKE) {
      this.#listener.woken();
    } else if (Array.isArray(message)) {
      this.#read(message);
      this.#listener.replied();
    } else {
      this.#listener.said(message);
    }
  }
  #read(replies: readonly unknown[]): void {
    for (let at = 0; at < replies.length;) {
      const slot = replies[at] as number;
      const status = replies[at + 1] as number;
      if (status === ReplyStatus.Record) {
        const record = this.#records.read(replies, at + 2);
        at = this.#records.end;
        this.#listener.reply(slot, ReplyStatus.Value, record);
      } else {
        this.#listener.reply(slot, status, replies[at + 2]);
        at += 3;
      }
    }
  }
}
