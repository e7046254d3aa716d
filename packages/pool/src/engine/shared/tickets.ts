/** Calls that one worker can hold: those it runs and those sent ahead. A power of two, so that a mask wraps indices. */
export const SLOTS = 1024;
export const MASK = SLOTS - 1;
const SLOT_BITS = 10;

/** Generations are counted up to here and then anew: a ticket stays a small integer, which costs V8 nothing. */
const GENERATIONS = 1 << 20;

/**
 * Names one call in one slot: which slot it is, and which of the calls that were ever in it. Everything that is said about a
 * call says its ticket, so that what belongs to one call is never taken for another's.
 */
export function ticketOf(slot: number, generation: number): number {
  return (generation << SLOT_BITS) | slot;
}

export function slotOf(ticket: number): number {
  return ticket & MASK;
}

export function generationOf(ticket: number): number {
  return ticket >> SLOT_BITS;
}

/** Each taking and each freeing of a slot begins a generation: odd while there is a call in it. */
export function nextGeneration(generation: number): number {
  return (generation + 1) & (GENERATIONS - 1);
}
