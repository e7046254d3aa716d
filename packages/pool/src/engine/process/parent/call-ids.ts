import { firstIds, nextIn, slotOf, type CallId } from "../wire/call-id.js";

/** Which call each slot of a child is for, as far as the child has been told. */
export class CallIds {
  readonly #ids = firstIds();

  /** Gives the name of the call that was last sent in a slot. */
  of(slot: number): CallId {
    return this.#ids[slot] ?? 0;
  }

  /** Gives a name to the call that is now sent in a slot. */
  next(slot: number): CallId {
    const id = nextIn(this.of(slot));
    this.#ids[slot] = id;
    return id;
  }

  /** Says whether a name is that of the call that was last sent in its slot. */
  isLast(id: CallId): boolean {
    return this.of(slotOf(id)) === id;
  }
}
