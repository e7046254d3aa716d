import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { SLOTS, slotOf } from "../../shared/tickets.js";
import { WireFault } from "../../shared/wire-fault.js";
import { RecordReader } from "../wire/records.js";
import { WAKE, type ParentCommand, type ToWorker } from "../wire/thread-messages.js";

/**
 * What the parent has posted: commands, which are passed on at once, and arguments of calls that have not begun, each kept under the
 * ticket of its call.
 */
export class Inbox {
  readonly #port: MessagePort;
  readonly #obey: (command: ParentCommand) => void;
  /** By slot: whose arguments lie there; -1 for nobody's. */
  readonly #tickets = new Int32Array(SLOTS).fill(-1);
  readonly #arguments: unknown[] = new Array<unknown>(SLOTS);
  #fault: WireFault | undefined;

  /** @param obey - Is given the commands, in the order they were sent. */
  constructor(port: MessagePort, obey: (command: ParentCommand) => void) {
    this.#port = port;
    this.#obey = obey;
  }

  /** Reads all messages that lie in the port, in the middle of a call that never yields. */
  drain(): void {
    let entry: { message: ToWorker } | undefined;
    while ((entry = receiveMessageOnPort(this.#port) as { message: ToWorker } | undefined)) {
      this.receive(entry.message);
    }
  }

  /** Takes one message. */
  receive(message: ToWorker): void {
    if (message === WAKE) return;
    if (Array.isArray(message)) this.#add(message);
    else this.#obey(message as ParentCommand);
  }

  /** Gives the arguments of a call. @throws {WireFault} When those of another lie in their place, or none. */
  take(ticket: number): unknown {
    const slot = slotOf(ticket);
    if (this.#tickets[slot] !== ticket) this.drain();
    if (this.#fault !== undefined) throw this.#fault;
    const found = this.#tickets[slot];
    if (found !== ticket) {
      throw new WireFault(
        found === -1 ? "a call has no arguments" : "a call would have the arguments of another",
      );
    }
    const taken = this.#arguments[slot];
    this.#tickets[slot] = -1;
    this.#arguments[slot] = undefined;
    return taken;
  }

  /** Never throws, as a task may have asked for messages: what is wrong shows when the next call is to be taken. */
  #add(message: readonly unknown[]): void {
    const records = new RecordReader();
    for (let at = 0; at < message.length;) {
      const ticket = message[at];
      if (typeof ticket !== "number") {
        this.#fault ??= new WireFault("arguments came without a ticket");
        return;
      }
      if (ticket < 0) {
        this.#file(~ticket, records.read(message, at + 1));
        at = records.end;
      } else {
        this.#file(ticket, message[at + 1]);
        at += 2;
      }
    }
  }

  #file(ticket: number, value: unknown): void {
    const slot = slotOf(ticket);
    if (this.#tickets[slot] !== -1) {
      this.#fault ??= new WireFault("arguments came for a slot that has some");
    }
    this.#tickets[slot] = ticket;
    this.#arguments[slot] = value;
  }
}
