import type { WorkerSet } from "../workers/worker-set.js";
import type { WorkerHandle } from "../workers/worker-handle.js";
import { startAlarm } from "../../internal/alarms.js";
import { setImmediate } from "../../internal/platform.js";
import { STALL_LOOK_MS, STALL_SELDOM_MS } from "../tuning.js";

/** Who is told of what is seen. */
export interface StallListener {
  /** A worker does not get on, while another could take what lies there. */
  stuck(worker: WorkerHandle): void;
  /** A worker that was found stuck has gone on: it may have room. */
  getsOn(): void;
}

/**
 * Looks after workers that have calls behind those they run: how long calls take is only an estimate.
 *
 * Results that a worker keeps back for a moment to tell of several at once are taken from it; and what lies behind a call
 * that turns out long goes to a worker that has nothing to do, or that has a place and comes round to its calls.
 */
export class StallMonitor {
  readonly #workerSet: WorkerSet;
  readonly #concurrency: number;
  readonly #listener: StallListener;
  /** What each worker had come to at the last look. */
  readonly #lastSeen = new WeakMap<WorkerHandle, number>();
  /** What a worker that got stuck had come to: until it goes on, nothing is put behind it while others are free. */
  readonly #stuckAt = new WeakMap<WorkerHandle, number>();
  #atLeast = 2;
  #looking = false;
  #pauseMs = STALL_LOOK_MS;
  #stopAlarm: (() => void) | undefined;

  /** @param concurrency - How many calls a worker runs at once. */
  constructor(workerSet: WorkerSet, concurrency: number, listener: StallListener) {
    this.#workerSet = workerSet;
    this.#concurrency = concurrency;
    this.#listener = listener;
  }

  /** Whether a worker has gone on since it was found stuck, if it ever was. */
  getsOn(worker: WorkerHandle): boolean {
    return worker.begunCount === undefined || worker.begunCount !== this.#stuckAt.get(worker);
  }

  /**
   * Is told that work was handed out.
   *
   * @param atLeast - With fewer calls than this a worker needs nobody to look after it, where it runs one at a time.
   */
  watch(atLeast: number): void {
    this.#atLeast = atLeast;
    this.#pauseMs = STALL_LOOK_MS;
    this.#lookAgain();
  }

  #lookAgain(): void {
    if (this.#looking) return;
    const often = this.#pauseMs === STALL_LOOK_MS;
    for (const worker of this.#workerSet.workers) {
      const cares = this.#cares(worker);
      if (cares || !this.getsOn(worker)) this.#looking = true;
      worker.watched?.(often && cares);
    }
    if (!this.#looking) return;
    // What is looked after keeps the program alive by itself.
    startAlarm(this.#pauseMs, this.#afterReading, true);
  }

  /** What has come from processes meanwhile is read after timers. */
  readonly #afterReading = (): void => {
    this.#stopAlarm = startAlarm(STALL_LOOK_MS, this.#look, true);
    setImmediate(this.#look);
  };

  /** Whichever comes first: where this thread stands still, it is the alarm. */
  readonly #look = (): void => {
    if (this.#stopAlarm === undefined) return;
    this.#stopAlarm();
    this.#stopAlarm = undefined;
    this.#looking = false;
    this.#pauseMs = Math.min(STALL_SELDOM_MS, this.#pauseMs * 2);
    for (const worker of [...this.#workerSet.workers]) {
      const { begunCount } = worker;
      if (begunCount === undefined) continue;
      const cares = this.#cares(worker);
      const wasStuck = this.#stuckAt.has(worker);
      // Also from one that has little left by now: it may have kept results back while it was looked after.
      worker.collectAll();
      if (wasStuck && this.#stuckAt.get(worker) !== begunCount) {
        this.#stuckAt.delete(worker);
        this.#listener.getsOn();
      }
      if (!cares) continue;
      if (this.#lastSeen.get(worker) !== begunCount) {
        this.#lastSeen.set(worker, begunCount);
        this.#pauseMs = STALL_LOOK_MS;
      } else {
        this.#stuckAt.set(worker, begunCount);
        if (this.#workerSet.workers.some((other) => this.#canTake(other)))
          this.#listener.stuck(worker);
      }
    }
    this.#lookAgain();
  };

  #cares(worker: WorkerHandle): boolean {
    if (worker.begunCount === undefined) return false;
    if (this.#concurrency === 1) return worker.live >= this.#atLeast;
    // Who is not up yet comes to its calls when it is.
    return worker.isReady && worker.unseen > 0;
  }

  #canTake(worker: WorkerHandle): boolean {
    if (worker.held === 0) return true;
    return worker.held < this.#concurrency && worker.unseen === 0 && this.getsOn(worker);
  }
}
