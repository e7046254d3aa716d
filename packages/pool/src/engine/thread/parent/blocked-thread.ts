import { availableParallelism } from "node:os";
import { monotonicMs } from "../../../internal/platform.js";
import { FIRST_LIFE_LOOK_MS, LONGEST_LIFE_LOOK_MS } from "../../tuning.js";
import { EventCount } from "../wire/event-count.js";
import { ParentLook } from "../wire/ring.js";
import { BlockedSpin } from "./blocked-spin.js";
import type { ThreadHandle } from "./thread-handle.js";

/** The threads of one executor, as this thread sees them while it stands still. */
export interface ServedThreads {
  readonly workers: ReadonlySet<ThreadHandle>;
  /** Whether there are cores to look for results instead of sleeping. */
  readonly maySpin: boolean;
  /** How this thread looks for results when it goes on. */
  readonly look: number;
  /** This thread has been away from its event loop. */
  wentOn(): void;
}

/** All threads that this one has made, of all its executors: while it stands still, it serves all of them. */
const all = new Set<ServedThreads>();
const cores = availableParallelism();
const spin = new BlockedSpin();
let madeEventCount: EventCount | undefined;

/** What wakes this thread when it stands still. */
export function eventCountOfThisThread(): EventCount {
  return (madeEventCount ??= EventCount.create());
}

/** From here on the threads of an executor are served, or no longer. */
export function serveWhileBlocked(threads: ServedThreads, serves: boolean): void {
  if (serves) all.add(threads);
  else all.delete(threads);
}

/**
 * Waits for threads without the event loop. It reads what they have finished, which settles calls and so runs code of users; that may
 * wait in the same way.
 */
export class ThreadWait {
  #isFirst = true;
  #lifeLookMs = FIRST_LIFE_LOOK_MS;
  #nextLifeLook = 0;
  #dying = 0;

  /** Looks, sleeps until something comes, and reads it. It may return before something has come, and does after `ms`. */
  next(ms: number): void {
    if (this.#isFirst) {
      this.#isFirst = false;
      if (mayLook() && spin.look(hasNews)) {
        readAll();
        return;
      }
    }
    const eventCount = eventCountOfThisThread();
    const { count } = eventCount;
    for (const threads of all) {
      for (const worker of threads.workers) worker.parentLooks(ParentLook.Blocked);
    }
    // What came before the stores above has not advanced it.
    if (readAll()) return;
    const asleepAt = monotonicMs();
    if (this.#nextLifeLook === 0) this.#nextLifeLook = asleepAt + this.#lifeLookMs;
    const lookInMs = this.#nextLifeLook - asleepAt;
    if (lookInMs > 0) eventCount.wait(count, Math.min(ms, lookInMs));
    const now = monotonicMs();
    if (readAll()) spin.slept((now - asleepAt) * 1e3);
    this.#lookForEnds(now);
  }

  /** The event loop has this thread again, as soon as its callers let it. */
  end(): void {
    for (const threads of all) {
      for (const worker of threads.workers) worker.parentLooks(threads.look);
      threads.wentOn();
    }
    // What was finished just before the stores above has woken nobody.
    readAll();
  }

  /** A thread that dies tells the event loop, and the threads that can say so before advance the event count. */
  #lookForEnds(now: number): void {
    let dying = 0;
    for (const threads of all) {
      for (const worker of threads.workers) if (worker.isDying) dying += 1;
    }
    if (dying > this.#dying) this.#lifeLookMs = FIRST_LIFE_LOOK_MS;
    else if (now < this.#nextLifeLook) return;
    this.#dying = dying;
    for (const threads of [...all]) for (const worker of [...threads.workers]) worker.lookForEnd();
    this.#nextLifeLook = monotonicMs() + this.#lifeLookMs;
    this.#lifeLookMs = Math.min(LONGEST_LIFE_LOOK_MS, this.#lifeLookMs * 2);
  }
}

/** Whether there are cores to look for results instead of sleeping. Workers do not look for work either where that does not pay. */
function mayLook(): boolean {
  let busy = 0;
  let allowed = true;
  const { rests } = spin;
  for (const threads of all) {
    for (const worker of threads.workers) {
      if (worker.held === 0) continue;
      busy += 1;
      if (!threads.maySpin || !worker.isReady) allowed = false;
      if (rests) worker.maySpin(false);
      else worker.parentLooks(ParentLook.Looks);
    }
  }
  return allowed && !rests && busy > 0 && busy < cores;
}

function hasNews(): boolean {
  for (const threads of all) for (const worker of threads.workers) if (worker.hasNews) return true;
  return false;
}

/** Reads everything that is there; false when there was nothing. */
function readAll(): boolean {
  let found = false;
  for (const threads of all) {
    for (const worker of threads.workers) if (worker.hasNews && worker.readAll()) found = true;
  }
  return found;
}
