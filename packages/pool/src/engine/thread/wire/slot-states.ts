// What both sides of a ring may do to a slot. The model in test/model walks through these very functions.

import { generationOf, slotOf } from "../../shared/tickets.js";
import { Atomics } from "../../../internal/platform.js";

/**
 * The state of a slot. The steps from Waiting are compare-and-swap on both sides: exactly one of them wins, so a
 * cancelled call never runs and a call that runs is never cancelled.
 */
const SlotState = {
  Waiting: 0,
  /** Won by the worker. */
  Running: 1,
  /** Won by the parent: the worker skips the slot. */
  TakenBack: 2,
  Done: 3,
} as const;
const STATE_BITS = 2;
const STATES = 3;

/** What the worker finds when it comes to a slot. */
export const Claim = { Won: 0, TakenBack: 1, Broken: 2 } as const;

/** Parent: puts a call in. A plain write will do, as the store of the ring's counter publishes it. */
export function open(words: Int32Array, ticket: number): void {
  words[slotOf(ticket)] = wordOf(ticket, SlotState.Waiting);
}

/** Parent: lets the worker skip a call that it must not see, and cannot see yet. */
export function withdraw(words: Int32Array, ticket: number): void {
  words[slotOf(ticket)] = wordOf(ticket, SlotState.TakenBack);
}

/** Parent: takes a call back; false when the worker was first. */
export function takeBack(words: Int32Array, ticket: number): boolean {
  return step(words, ticket, SlotState.TakenBack) === wordOf(ticket, SlotState.Waiting);
}

/** Worker: begins a call, unless it was taken back. */
export function claim(words: Int32Array, ticket: number): number {
  const found = step(words, ticket, SlotState.Running);
  if (found === wordOf(ticket, SlotState.Waiting)) return Claim.Won;
  return found === wordOf(ticket, SlotState.TakenBack) ? Claim.TakenBack : Claim.Broken;
}

/** Worker: the call has ended, and its outcome follows. */
export function finish(words: Int32Array, ticket: number): void {
  Atomics.store(words, slotOf(ticket), wordOf(ticket, SlotState.Done));
}

/** Whether the call waits still. */
export function isWaiting(words: Int32Array, ticket: number): boolean {
  return Atomics.load(words, slotOf(ticket)) === wordOf(ticket, SlotState.Waiting);
}

/** Whether the call has ended. */
export function isDone(words: Int32Array, ticket: number): boolean {
  return Atomics.load(words, slotOf(ticket)) === wordOf(ticket, SlotState.Done);
}

/** Whether the slot is that of this call, whatever its state. */
export function isOf(words: Int32Array, ticket: number): boolean {
  return Atomics.load(words, slotOf(ticket)) >> STATE_BITS === generationOf(ticket);
}

/** The state and whose it is are one word, so that no step can be taken for another call. */
function wordOf(ticket: number, state: number): number {
  return (generationOf(ticket) << STATE_BITS) | (state & STATES);
}

function step(words: Int32Array, ticket: number, state: number): number {
  const expected = wordOf(ticket, SlotState.Waiting);
  return Atomics.compareExchange(words, slotOf(ticket), expected, wordOf(ticket, state));
}
