import { MASK, SLOTS } from "../../shared/tickets.js";

/**
 * Names one call in one slot, in 32 bits: the slot, and how often the slot has been used. Each frame about a call and each reply
 * bears it, and both sides compare: what belongs to another call is never taken for this one's.
 */
export type CallId = number;

/** Gives the slot of a call. */
export function slotOf(id: CallId): number {
  return id & MASK;
}

/** Gives the name of the call that is next in the same slot. */
export function nextIn(id: CallId): CallId {
  return (id + SLOTS) >>> 0;
}

/** Makes the names that stand before those of the first calls. */
export function firstIds(): Uint32Array {
  return Uint32Array.from({ length: SLOTS }, (_, slot) => slot);
}
