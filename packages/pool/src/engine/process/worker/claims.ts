import { Atomics } from "../../../internal/platform.js";
import { nextIn, slotOf, type CallId } from "../wire/call-id.js";

/** The last call in each slot that was decided on: it has begun here, or was taken back. */
export type ClaimMemory = SharedArrayBuffer;

/**
 * Decides who comes first, a child that begins a call or its parent that takes it back. The child's own thread claims a call
 * before it begins; another claims those that the parent asks for, also while a call keeps the first from its event loop. A call
 * can be claimed once.
 */
export class Claims {
  readonly #decided: Int32Array;

  /** @param memory - Shared by both threads. */
  constructor(memory: ClaimMemory) {
    this.#decided = new Int32Array(memory);
  }

  /** Makes the memory for calls that are yet to come. @param first - What stands before the first call of each slot. */
  static create(first: Uint32Array): ClaimMemory {
    const memory = new SharedArrayBuffer(first.byteLength);
    new Uint32Array(memory).set(first);
    return memory;
  }

  /** Claims a call; false when it has been claimed, or is none that can be decided on now. */
  claim(id: CallId): boolean {
    const slot = slotOf(id);
    const before = Atomics.load(this.#decided, slot);
    return (
      nextIn(before >>> 0) === id &&
      Atomics.compareExchange(this.#decided, slot, before, id | 0) === before
    );
  }
}
