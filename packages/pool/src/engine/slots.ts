import { SLOTS } from "./shared/ring.js";
import type { WorkerCall } from "./worker-call.js";

/** Which call is in which slot of a worker, and which slots are free; the one freed last comes first, as its memory is near. */
export class Slots {
  readonly #calls: (WorkerCall | undefined)[] = new Array<WorkerCall | undefined>(SLOTS);
  readonly #free: number[] = Array.from({ length: SLOTS }, (_, index) => SLOTS - 1 - index);

  /** How many are free. */
  get room(): number {
    return this.#free.length;
  }

  /** The call in a slot; undefined where there is none, or none any more. */
  at(slot: number): WorkerCall | undefined {
    return this.#calls[slot];
  }

  /** Puts a call into a free slot. @returns Which. */
  take(call: WorkerCall): number {
    const slot = this.#free.pop();
    if (slot === undefined) throw new Error("no slot is free");
    this.#calls[slot] = call;
    return slot;
  }

  /** Frees a slot. @returns The call that was in it. */
  release(slot: number): WorkerCall | undefined {
    const call = this.#calls[slot];
    this.#calls[slot] = undefined;
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
}
