import type { WorkerCall } from "../calls/worker-call.js";
import { generationOf, nextGeneration, slotOf, SLOTS, ticketOf } from "../shared/tickets.js";

/** Which call is in which slot of a worker, and which slots are free; the one freed last comes first, as its memory is near. */
export class Slots {
  readonly #calls: (WorkerCall | undefined)[] = new Array<WorkerCall | undefined>(SLOTS);
  readonly #free: number[] = Array.from({ length: SLOTS }, (_, index) => SLOTS - 1 - index);
  /** Odd while the slot is in use. */
  readonly #generations = new Int32Array(SLOTS);

  /** How many are free. */
  get room(): number {
    return this.#free.length;
  }

  /** The call in a slot; undefined where there is none, or none any more. */
  at(slot: number): WorkerCall | undefined {
    return this.#calls[slot];
  }

  /** What names the call that the slot is in use for. */
  ticket(slot: number): number {
    return ticketOf(slot, this.#generations[slot] ?? 0);
  }

  /** Whether a ticket is that of a slot in use; of no other call, nor of what never was one. */
  holds(ticket: number): boolean {
    return (generationOf(ticket) & 1) === 1 && this.ticket(slotOf(ticket)) === ticket;
  }

  /** Puts a call into a free slot. @returns Which. */
  take(call: WorkerCall): number {
    const slot = this.reserve();
    this.#calls[slot] = call;
    return slot;
  }

  /** Takes a free slot, into which a call may be put. @returns Which. */
  reserve(): number {
    const slot = this.#free.pop();
    if (slot === undefined) throw new Error("no slot is free");
    this.#turn(slot);
    return slot;
  }

  /** Puts a call into a slot that was reserved. */
  put(slot: number, call: WorkerCall): void {
    this.#calls[slot] = call;
  }

  /** Frees a slot. @returns The call that was in it. */
  release(slot: number): WorkerCall | undefined {
    const call = this.#calls[slot];
    this.#calls[slot] = undefined;
    this.#turn(slot);
    this.#free.push(slot);
    return call;
  }

  /** Lets go of a call whose slot the worker still has. */
  forget(slot: number): void {
    this.#calls[slot] = undefined;
  }

  /** All calls, in no order. */
  *[Symbol.iterator](): Generator<WorkerCall, void> {
    for (const call of this.#calls) if (call !== undefined) yield call;
  }

  #turn(slot: number): void {
    this.#generations[slot] = nextGeneration(this.#generations[slot] ?? 0);
  }
}
