import { types } from "node:util";
import type { MessagePort } from "node:worker_threads";
import { RecordWriter, entriesOf } from "../wire/records.js";

/** One that could not be sent after all. */
export interface Unsent {
  readonly ticket: number;
  readonly error: unknown;
}

/**
 * Arguments on their way to a thread, each with the ticket of its call. Those of many calls share a message where none has
 * anything in common with another: they are numbers, text, or copies made for this.
 */
export class ThreadOutbox {
  readonly #port: MessagePort;
  #message: unknown[] = [];
  /** Where in the message that of each call begins. */
  #starts: number[] = [];
  readonly #records = new RecordWriter();

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** Adds what nobody else has a hold of. */
  add(ticket: number, copy: unknown): void {
    this.#starts.push(this.#message.length);
    this.#message.push(ticket, copy);
  }

  /** Reads a value if it is a record, which `addRecord()` then adds; false if not. Getters run. */
  takeRecord(value: unknown): boolean {
    return this.#records.take(value);
  }

  addRecord(ticket: number): void {
    this.#starts.push(this.#message.length);
    // A negative number is no ticket: what follows is a record.
    this.#message.push(~ticket);
    this.#records.append(this.#message);
  }

  /** Sends arguments by themselves, at once. @throws What stands against it: nothing has been sent then. */
  post(ticket: number, args: unknown, transfer: readonly object[] | undefined): void {
    transfer?.forEach(assertNotMoved);
    this.#port.postMessage([ticket, args], transfer as ArrayBuffer[] | undefined);
  }

  /** Sends what was added. @returns What could not be sent, such as a text that is too long. */
  flush(): readonly Unsent[] {
    if (this.#message.length === 0) return NONE;
    const message = this.#message;
    const starts = this.#starts;
    this.#message = [];
    this.#starts = [];
    this.#records.begin();
    try {
      this.#port.postMessage(message);
      return NONE;
    } catch {
      return this.#postOneByOne(message, starts);
    }
  }

  #postOneByOne(message: readonly unknown[], starts: readonly number[]): Unsent[] {
    const unsent: Unsent[] = [];
    for (const entry of entriesOf(message, starts, 1, (entry) => (entry[0] as number) < 0)) {
      try {
        this.#port.postMessage(entry);
      } catch (error) {
        const first = entry[0] as number;
        unsent.push({ ticket: first < 0 ? ~first : first, error });
      }
    }
    return unsent;
  }
}

const NONE: readonly Unsent[] = [];

/** Node would send a buffer that has been moved before as an empty one, without a word. */
function assertNotMoved(object: object): void {
  if (types.isArrayBuffer(object)) new Uint8Array(object);
}
