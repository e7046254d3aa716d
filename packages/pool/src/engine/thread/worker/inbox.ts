import { RecordReader } from "../wire/records.js";
import { WireFault } from "../../shared/wire-fault.js";
import { slotOf, SLOTS } from "../../shared/tickets.js";

/** Arguments that came in messages and whose calls have not been taken yet, each under the ticket of its call. */
export class ArgumentInbox {
  readonly #fill: () => void;
  /** By slot: whose arguments lie there; -1 for nobody's. */
  readonly #tickets = new Int32Array(SLOTS).fill(-1);
  readonly #arguments: unknown[] = new Array<unknown>(SLOTS);
  #fault: WireFault | undefined;

  /** @param fill - Reads the messages that lie in the port. */
  constructor(fill: () => void) {
    this.#fill = fill;
  }

  /** Never throws, as a task may have asked for messages: what is wrong shows when the next call is to be taken. */
  add(message: readonly unknown[]): void {
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

  /** Gives the arguments of a call. @throws {WireFault} When those of another lie in their place, or none. */
  take(ticket: number): unknown {
    const slot = slotOf(ticket);
    if (this.#tickets[slot] !== ticket) this.#fill();
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

  #file(ticket: number, value: unknown): void {
    const slot = slotOf(ticket);
    if (this.#tickets[slot] !== -1) {
      this.#fault ??= new WireFault("arguments came for a slot that has some");
    }
    this.#tickets[slot] = ticket;
    this.#arguments[slot] = value;
  }
}
