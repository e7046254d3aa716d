import type { WorkerSet } from "../workers/worker-set.js";
import { type WorkerHandle, type Transport } from "../workers/worker-handle.js";
import { StallMonitor } from "./stall-monitor.js";
import { MapWork } from "../map/map-work.js";
import type { RunTimes } from "../shared/run-times.js";
import type { TaskRegistry } from "../calls/task-registry.js";
import { limitTime } from "../calls/time-limit.js";
import { InvalidStateError } from "../../errors.js";
import { CallQueue } from "./call-queue.js";
import { WorkerCall } from "../calls/worker-call.js";
import { queueMicrotask } from "../../internal/platform.js";
import { EAGER_CALLS, EAGER_ITEMS } from "../tuning.js";
import {
  byNeed,
  callsToRelieve,
  callsToSend,
  callsToSteal,
  evenShare,
  tooFewToWake,
  watchedFrom,
  type NextEntry,
  type WorkerKind,
} from "./send-ahead.js";

/** Those of this thread that have something to hand out at the end of the turn. */
const due = new Set<Dispatcher>();

/** Whether arguments of a call are being read: it has been decided who gets the call, and nothing may change that now. */
let reading = false;

/** @throws {InvalidStateError} When this thread must not stand still, as it is in the middle of a hand-out. */
export function assertNotReading(): void {
  if (!reading) return;
  throw new InvalidStateError(
    "resultSync() and runSync() cannot wait while arguments of a call are read, as in a getter, nor in a subscriber of concur:call",
  );
}

/** Hands out what would be handed out at the end of the turn, which does not come while this thread stands still. */
export function handOutAll(): void {
  for (const dispatcher of [...due]) dispatcher.handOutNow();
}

/**
 * Hands waiting calls to workers: first in, first out per priority; no further ahead than a worker is busy for a
 * few milliseconds; and what was sent ahead of its time can be taken back for a worker that has nothing to do.
 *
 * It is long and one thing: it carries out what `send-ahead.ts` decides, in one loop that is never entered twice.
 */
export class Dispatcher {
  readonly waiting = new CallQueue();
  readonly #workerSet: WorkerSet;
  readonly #tasks: TaskRegistry;
  readonly #times: RunTimes;
  readonly #transport: Transport;
  readonly #kind: WorkerKind;
  /** What the rules are told: made once, as they are asked for each worker in each hand-out. */
  readonly #next = { us: 0, isMap: false, isRisky: false };
  readonly #round = { toIdle: false, share: 0, entries: 0 };
  readonly #stallMonitor: StallMonitor;
  /** So many of the calls that were handed out last are too little to wake a second worker for. */
  #fewest = 1;
  #scheduled = false;
  /** Whether the end of the turn leads to here. There can be one such way only, however often it is gone before. */
  #queued = false;
  #flushing = false;
  /** How often it has handed out. */
  #rounds = 0;
  /** The worker that was offered a call in this turn. */
  #offered: WorkerHandle | undefined;
  #sinceFlush = 0;

  constructor(
    workerSet: WorkerSet,
    tasks: TaskRegistry,
    times: RunTimes,
    transport: Transport,
    concurrency: number,
  ) {
    this.#workerSet = workerSet;
    this.#tasks = tasks;
    this.#times = times;
    this.#transport = transport;
    this.#kind = { concurrency, takesBackAtOnce: transport.takesBackAtOnce };
    this.#stallMonitor = new StallMonitor(workerSet, concurrency, {
      stuck: (worker) => {
        this.#moveFrom(worker, worker.live);
      },
      getsOn: () => {
        this.schedule();
      },
    });
  }

  /** Calls with workers, not settled. */
  get inFlight(): number {
    let calls = 0;
    for (const worker of this.#workerSet.workers) calls += worker.live;
    return calls;
  }

  enqueue(call: WorkerCall): void {
    this.waiting.push(call);
    this.#sinceFlush += 1;
    if (this.#sinceFlush >= EAGER_CALLS) {
      this.flush();
      return;
    }
    this.schedule();
    if (this.#sinceFlush === 1) this.#begin(call);
  }

  /** @param count - How many items were added. */
  enqueueMap(work: MapWork, count: number): void {
    this.waiting.pushMap(work);
    this.#sinceFlush += count;
    // What reads a long input keeps this thread; the workers should not wait for its end.
    if (this.#sinceFlush >= EAGER_ITEMS) this.flush();
    else this.schedule();
  }

  /** Hands out at once, also within a callback that itself was called here. */
  handOutNow(): void {
    this.#flush();
  }

  /** Puts calls back that were never begun, where they stood. */
  requeue(calls: readonly WorkerCall[]): void {
    for (const call of calls) call.stopTimer?.();
    this.waiting.putBack(calls);
    if (calls.length > 0) this.schedule();
  }

  /**
   * Offers a call to a worker that has nothing to do: what the caller does next may keep this thread for long. Until the end of
   * the turn it can cancel the call, if that comes within a millisecond.
   */
  #begin(call: WorkerCall): void {
    if (this.#flushing || this.waiting.entries > 1) return;
    const idle = this.#workerSet.workers.find(
      (worker) => worker.held === 0 && worker.isReady && !worker.blocked && worker.room > 0,
    );
    if (idle?.offer === undefined) return;
    this.#flushing = true;
    try {
      this.#place(idle, call);
    } catch {
      // It stays where it is, and fails at the end of the turn: whoever hands it in has no future of it yet.
    } finally {
      this.#flushing = false;
    }
    if (call.worker !== idle) return;
    this.waiting.remove(call);
    this.#placed(call);
    this.#workerSet.busy(idle);
    this.#offered = idle;
    idle.offer();
  }

  /** Hands out at the end of this turn: one message can serve many calls. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    due.add(this);
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(this.#endOfTurn);
  }

  readonly #endOfTurn = (): void => {
    this.#queued = false;
    if (!this.#scheduled) return;
    // First: within a hand-out it is put off, and must not be taken for put off already.
    this.#scheduled = false;
    this.flush();
  };

  /** Where what is handed out runs code of users, and that leads back to here, it waits for the end of the turn. */
  readonly flush = (): void => {
    if (this.#flushing) this.schedule();
    else this.#flush();
  };

  #flush(): void {
    const within = this.#flushing;
    this.#flushing = true;
    try {
      this.#handOutRound();
    } finally {
      this.#flushing = within;
    }
  }

  #handOutRound(): void {
    this.#scheduled = false;
    due.delete(this);
    this.#rounds += 1;
    const round = this.#rounds;
    this.#sinceFlush = 0;
    const wokeOne = this.#publishOffered();
    if (this.waiting.isEmpty) {
      if (wokeOne !== undefined) this.#handedOut(wokeOne);
      return;
    }
    const { size } = this.waiting;
    const toCome = this.#workerSet.growFor(size);
    const workers = this.#workerSet.workers;
    if (workers.length === 0) return;
    let all = size;
    for (const worker of workers) all += worker.held;
    const fair = evenShare(all, workers.length + toCome);
    // What is too little to wake somebody for goes to those at work; the rest first to those who have nothing, with an
    // even share; then to those who can take more.
    const fewest = tooFewToWake(this.#lookAhead(), this.#kind);
    this.#fewest = fewest;
    let woke = (fewest > 1 && this.#handOut(workers, false, fewest)) || wokeOne === true;
    const share = Math.max(fair, fewest);
    if (this.#kind.concurrency > 1) woke = this.#spread(workers, fair) || woke;
    else if (this.#handOut(workers, true, share)) woke = true;
    woke = this.#handOut(workers, false, toCome > 0 ? share : Infinity) || woke;
    // Where a round was within this one, each may have left calls with a worker that is at work, by measures of its own.
    this.#fewest = fewest;
    const { takesBackAtOnce } = this.#kind;
    this.#stallMonitor.watch(this.#rounds === round ? watchedFrom(fewest, takesBackAtOnce) : 2);
    this.#handedOut(woke);
  }

  /** @returns Whether that woke a worker; undefined where there was nothing to publish. */
  #publishOffered(): boolean | undefined {
    const offered = this.#offered;
    this.#offered = undefined;
    return offered?.publish();
  }

  #handedOut(woke: boolean): void {
    let busy = 0;
    for (const worker of this.#workerSet.workers) if (worker.held > 0) busy += 1;
    this.#transport.handedOut(busy, this.inFlight, woke);
  }

  /** The limit of a call's time counts from when it has begun, which its worker may do from here on. */
  #placed(call: WorkerCall): void {
    const { timeoutMs } = call.options;
    if (timeoutMs === undefined) return;
    limitTime(call, timeoutMs, this.#tasks.entries[call.task]?.name ?? "");
  }

  /** The program of a worker runs: the next may be started. */
  started(): void {
    this.schedule();
  }

  /** A worker has gone: its share is for others. */
  gone(): void {
    this.schedule();
  }

  /** A worker has room again: more from the queue, or else from the fullest of the others. */
  freed(worker: WorkerHandle): void {
    if (!this.waiting.isEmpty) this.flush();
    else if (worker.closed) return;
    else if (this.#kind.concurrency > 1) this.#relieve(worker);
    else if (worker.held === 0 && this.inFlight > 1) this.#steal(worker);
  }

  /**
   * Fills first places, then second ones of workers that come round to what they have: one that a call keeps from its event
   * loop begins nothing, however many places it has.
   */
  #spread(workers: readonly WorkerHandle[], fair: number): boolean {
    let idle = 0;
    for (const worker of workers) if (worker.held === 0) idle += 1;
    const woke = this.#handOut(workers, true, Math.min(fair, Math.ceil(this.waiting.size / idle)));
    return this.#handOut([...workers].sort(byNeed), false, fair) || woke;
  }

  /** Looks at the entry that comes next. */
  #lookAhead(): NextEntry {
    const head = this.waiting.peek();
    const next = this.#next;
    next.us = head === undefined ? 0 : this.#times.of(head.task);
    next.isMap = head instanceof MapWork;
    next.isRisky = head instanceof WorkerCall && head.risky;
    return next;
  }

  #handOut(workers: readonly WorkerHandle[], toIdle: boolean, share: number): boolean {
    let woke = false;
    for (const worker of [...workers]) {
      if (this.waiting.isEmpty) break;
      // Most are not in this round.
      if ((worker.held === 0) !== toIdle) continue;
      const round = this.#round;
      round.toIdle = toIdle;
      round.share = share;
      round.entries = this.waiting.entries;
      const getsOn = toIdle || this.#stallMonitor.getsOn(worker);
      const count = callsToSend(worker, getsOn, round, this.#lookAhead(), this.#kind);
      if (count === 0) continue;
      const most = Math.min(count, worker.room, this.#workerSet.allowance(worker));
      if (this.#send(worker, most)) woke = true;
    }
    return woke;
  }

  /**
   * Places calls with a worker. A call stays in the queue until it has its place: to read its arguments may run code of users,
   * which may cancel it, end its worker, or hand in more.
   */
  #send(worker: WorkerHandle, most: number): boolean {
    let count = 0;
    let unpublished = false;
    let woke = false;
    while (count < most) {
      const call = this.#nextCall();
      if (call === undefined || worker.room <= 0) break;
      let refusal: { reason: unknown } | undefined;
      try {
        this.#place(worker, call);
      } catch (error) {
        refusal = { reason: error };
      }
      if (refusal === undefined && call.worker !== worker && !call.future.done()) break;
      this.waiting.remove(call);
      if (refusal !== undefined) {
        // What was placed before is published first, so that callbacks find nothing half done.
        if (unpublished) woke = worker.publish() || woke;
        unpublished = false;
        const rounds = this.#rounds;
        call.failed(refusal.reason);
        // A callback has waited, and all was handed out meanwhile: what was counted before is not so any more.
        if (this.#rounds !== rounds) break;
        continue;
      }
      if (call.worker !== worker) continue;
      unpublished = true;
      count += 1;
      this.#placed(call);
      // Its buffers are gone once it is sent, so nothing may be sent after it that could have to wait for it.
      if (call.pinned || call.risky) break;
      if (worker.holdsLong && worker.held >= this.#kind.concurrency) break;
    }
    if (count === 0) return false;
    this.#workerSet.busy(worker);
    return (unpublished && worker.publish()) || woke;
  }

  /** To cut a chunk off a map tells those who trace calls. */
  #nextCall(): WorkerCall | undefined {
    const outer = reading;
    reading = true;
    try {
      return this.waiting.next(this.#times);
    } finally {
      reading = outer;
    }
  }

  #place(worker: WorkerHandle, call: WorkerCall): void {
    const outer = reading;
    reading = true;
    try {
      worker.place(call, this.#tasks.entries);
    } finally {
      reading = outer;
    }
  }

  /**
   * Moves half of what the fullest worker has not begun, the newest first, to one that has nothing; all of it where the
   * fullest is stuck.
   */
  #steal(thief: WorkerHandle): void {
    let victim: WorkerHandle | undefined;
    for (const worker of this.#workerSet.workers) {
      if (worker !== thief && worker.live > (victim?.live ?? 1)) victim = worker;
    }
    if (victim === undefined) return;
    const getsOn = this.#stallMonitor.getsOn(victim);
    const { takesBackAtOnce } = this.#kind;
    this.#moveFrom(victim, callsToSteal(victim, getsOn, this.#fewest, takesBackAtOnce));
  }

  /** Takes calls from a worker that does not come to them, for the free places of one that does. */
  #relieve(helper: WorkerHandle): void {
    const { concurrency, takesBackAtOnce } = this.#kind;
    const places = concurrency - helper.held;
    if (places <= 0 || helper.unseen > 0) return;
    let victim: WorkerHandle | undefined;
    for (const worker of this.#workerSet.workers) {
      if (worker !== helper && worker.unseen > (victim?.unseen ?? 0)) victim = worker;
    }
    if (victim === undefined) return;
    const getsOn = this.#stallMonitor.getsOn(victim);
    this.#moveFrom(victim, callsToRelieve(victim, getsOn, places, takesBackAtOnce));
  }

  #moveFrom(victim: WorkerHandle, most: number): void {
    if (most === 0) return;
    const taken = victim.takeBackNewest(most);
    if (taken.length === 0) return;
    this.requeue(taken);
    this.flush();
  }
}
