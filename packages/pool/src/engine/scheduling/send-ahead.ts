// The rules of how many calls are sent to which worker: pure functions of what is known, without a queue, a worker or a clock.

import { SLOTS } from "../shared/tickets.js";
import {
  AHEAD_RECLAIMABLE_US,
  AHEAD_US,
  CHUNKS_AHEAD,
  FEW_LEFT,
  SMALL_HAND_OUT_AHEAD,
  SMALL_HAND_OUT_SHARE,
  WAKE_US,
} from "../tuning.js";

/** What all workers of an executor have in common. */
export interface WorkerKind {
  /** How many calls a worker runs at once. */
  readonly concurrency: number;
  /** Whether calls that were sent can be taken back here and now, and not only on request. */
  readonly takesBackAtOnce: boolean;
}

/** What is known of the entry at the head of the queue. */
export interface NextEntry {
  /** How long its calls take, in microseconds; 0 where nobody knows. */
  readonly us: number;
  /** Whether it stands for many calls, which are sent as chunks. */
  readonly isMap: boolean;
  /** Whether a worker may die as it reads its arguments. */
  readonly isRisky: boolean;
}

/** What is known of a worker. */
export interface WorkerState {
  readonly closed: boolean;
  /** Whether broadcasts come first there. */
  readonly blocked: boolean;
  /** Places in use. */
  readonly held: number;
  /** Calls sent that have not ended. */
  readonly live: number;
  /** Calls sent that it has not come to. */
  readonly unseen: number;
  /** Whether it holds a call that it may die of. */
  readonly risky: boolean;
  /** Whether it has a call that takes long, where those behind it cannot be taken back at once. */
  readonly holdsLong: boolean;
}

/** One round of a hand-out, over all workers. */
export interface Round {
  /** Whether it is for those that have nothing, or for the others. */
  readonly toIdle: boolean;
  /** How many calls a worker may hold after it; Infinity where nobody else is there to take them. */
  readonly share: number;
  /** Entries that wait. */
  readonly entries: number;
}

/** Says whether a call, or a chunk of so many, takes so long that nothing may lie behind it; what nobody knows is long. */
export function isLong(us: number, chunkSize: number | undefined): boolean {
  // A chunk is made to be work for half of that.
  return us === 0 || us * (chunkSize ?? 2) > AHEAD_US;
}

/**
 * How many calls of the next task a worker may hold: those that run at once, and some ahead. None ahead while nobody knows how long
 * they take or when they take long: then calls start strictly in order, and the time between two is nothing beside them.
 */
export function callsToHold(next: NextEntry, kind: WorkerKind): number {
  return kind.concurrency - 1 + callsToHoldOfOne(next, kind.takesBackAtOnce);
}

function callsToHoldOfOne({ us, isMap }: NextEntry, takesBackAtOnce: boolean): number {
  const aheadUs = takesBackAtOnce ? AHEAD_RECLAIMABLE_US : AHEAD_US;
  if (us === 0 || us * 2 > aheadUs) return 1;
  if (isMap) return CHUNKS_AHEAD;
  return Math.min(SLOTS, Math.ceil(aheadUs / us));
}

/**
 * How many of the next calls are so little work that a worker which is awake does them before another one would have woken; 1 where
 * each call is worth it. A chunk is work, and calls that run at once belong side by side.
 */
export function tooFewToWake({ us, isMap }: NextEntry, kind: WorkerKind): number {
  if (us === 0 || isMap || kind.concurrency > 1 || !kind.takesBackAtOnce) return 1;
  return Math.max(1, Math.floor(WAKE_US / us));
}

/** With fewer calls than this a worker needs nobody to look after it, where it runs one at a time. */
export function watchedFrom(fewest: number, takesBackAtOnce: boolean): number {
  return fewest > 1 || !takesBackAtOnce ? 2 : FEW_LEFT + 2;
}

/** The even share of all calls, those included that workers hold already. */
export function evenShare(calls: number, workers: number): number {
  return Math.ceil(calls / workers);
}

/**
 * How many calls a worker gets in a round; 0 for none.
 *
 * @param getsOn - Whether it has made progress since it was found stuck, if it ever was.
 */
export function callsToSend(
  worker: WorkerState,
  getsOn: boolean,
  round: Round,
  next: NextEntry,
  kind: WorkerKind,
): number {
  const { toIdle, share, entries } = round;
  if (worker.closed || worker.blocked || (worker.held === 0) !== toIdle) return 0;
  if (!toIdle) {
    if (worker.risky || next.isRisky) return 0;
    // Not behind a call that keeps its worker, unless it can be taken back the moment that another one is free.
    const reclaims = kind.concurrency === 1 && kind.takesBackAtOnce;
    if (!getsOn && !(share === Infinity && reclaims)) return 0;
  }
  const most = worker.holdsLong ? kind.concurrency : callsToHold(next, kind);
  const room = Math.min(most, Math.max(share, 1), SLOTS) - worker.held;
  if (room <= 0) return 0;
  // Many small hand-outs cost more than they bring: wait until a good part of what it had is done. What waits beside other
  // calls is not short, however: each free place is one call less at work.
  const isSmall = most > SMALL_HAND_OUT_AHEAD && room < Math.floor(most * SMALL_HAND_OUT_SHARE);
  return isSmall && entries > room && !toIdle && kind.concurrency === 1 ? 0 : room;
}

/** Orders workers for second places: first those that come round to their calls, and of those the ones with the fewest. */
export function byNeed(a: WorkerState, b: WorkerState): number {
  return a.unseen - b.unseen || a.held - b.held;
}

/**
 * How many calls are taken from a worker for one that has nothing, the newest first; 0 for none. Half of them while it makes progress,
 * and all where it is stuck.
 *
 * @param fewest - This many are too little to wake the other one for.
 */
export function callsToSteal(
  { live }: WorkerState,
  getsOn: boolean,
  fewest: number,
  takesBackAtOnce: boolean,
): number {
  if (live <= Math.max(1, fewest)) return 0;
  if (!getsOn) return live;
  // To ask for little costs more than it brings.
  return takesBackAtOnce ? live >> 1 : 0;
}

/** How many calls are taken from a worker that does not come to them, for another's free places; 0 for none. */
export function callsToRelieve(
  { unseen }: WorkerState,
  getsOn: boolean,
  freePlaces: number,
  takesBackAtOnce: boolean,
): number {
  if (unseen === 0 || freePlaces <= 0 || (getsOn && !takesBackAtOnce)) return 0;
  return Math.max(freePlaces, unseen >> 1);
}
