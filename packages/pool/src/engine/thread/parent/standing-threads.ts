import { availableParallelism } from "node:os";
import { monotonicMs } from "../../../internal/platform.js";
import {
  FIRST_LIFE_LOOK_MS,
  LONGEST_LIFE_LOOK_MS,
  LOOKS_PER_CLOCK,
  PARENT_SPIN_US,
} from "../../tuning.js";
import { Bell } from "../wire/bell.js";
import { ParentLook } from "../wire/ring.js";
import type { ThreadHandle } from "./thread-handle.js";

/** The threads of one executor, as this thread sees them while it stands still. */
export interface StandingThreads {
  readonly workers: ReadonlySet<ThreadHandle>;
  /** Whether there are cores to look for results instead of sleeping. */
  readonly maySpin: boolean;
  /** How this thread looks for results when it goes on. */
  readonly look: number;
  /** This thread has been away from its event loop. */
  wentOn(): void;
}

/** All threads that this one has made, of all its executors: while it stands still, it serves all of them. */
const all = new Set<StandingThreads>();
const cores = availableParallelism();
let madeBell: Bell | undefined;

/** What wakes this thread when it stands still. */
export function bellOfThisThread(): Bell {
  return (madeBell ??= Bell.create());
}

/** From here on the threads of an executor are served, or no longer. */
export function serveStanding(threads: StandingThreads, serves: boolean): void {
  if (serves) all.add(threads);
  else all.delete(threads);
}

/**
 * Waits for threads without the event loop. It reads what they have finished, which settles calls and so runs code of users; that may
 * wait in the same way.
 */
export class ThreadWait {
  #mayStillSpin = true;
  #lifeLookMs = FIRST_LIFE_LOOK_MS;
  #nextLifeLook = 0;
  #dying = 0;

  /** Looks, sleeps until something comes, and reads it. It may return before something has come, and does after `ms`. */
  next(ms: number): void {
    if (this.#mayStillSpin) {
      this.#mayStillSpin = false;
      if (spin()) return;
    }
    const bell = bellOfThisThread();
    const { rings } = bell;
    setLook(ParentLook.StandsStill);
    // What came before the stores above has not rung.
    if (readAll()) return;
    const now = monotonicMs();
    if (this.#nextLifeLook === 0) this.#nextLifeLook = now + this.#lifeLookMs;
    const lookIn = this.#nextLifeLook - now;
    if (lookIn > 0) bell.wait(rings, Math.min(ms, lookIn));
    readAll();
    this.#lookForEnds();
  }

  /** The event loop has this thread again, as soon as its callers let it. */
  end(): void {
    for (const threads of all) {
      for (const worker of threads.workers) worker.parentLooks(threads.look);
    }
    // What was finished just before the stores above has woken nobody.
    for (const threads of [...all]) {
      for (const worker of [...threads.workers]) if (worker.hasNews) worker.collectAll();
      threads.wentOn();
    }
  }

  /** A thread that dies tells the event loop, and the threads that can say so before ring the bell. */
  #lookForEnds(): void {
    let dying = 0;
    for (const threads of all) {
      for (const worker of threads.workers) if (worker.isDying) dying += 1;
    }
    if (dying > this.#dying) this.#lifeLookMs = FIRST_LIFE_LOOK_MS;
    else if (monotonicMs() < this.#nextLifeLook) return;
    this.#dying = dying;
    for (const threads of [...all]) for (const worker of [...threads.workers]) worker.lookForEnd();
    this.#nextLifeLook = monotonicMs() + this.#lifeLookMs;
    this.#lifeLookMs = Math.min(LONGEST_LIFE_LOOK_MS, this.#lifeLookMs * 2);
  }
}

/** Looks for results for some microseconds; true when there were some. */
function spin(): boolean {
  const busy: ThreadHandle[] = [];
  let maySpin = true;
  for (const threads of all) {
    for (const worker of threads.workers) {
      if (worker.held === 0) continue;
      if (!threads.maySpin || !worker.isReady) maySpin = false;
      busy.push(worker);
    }
  }
  if (!maySpin || busy.length === 0 || busy.length >= cores) return false;
  for (const worker of busy) worker.parentLooks(ParentLook.Looks);
  const end = monotonicMs() + PARENT_SPIN_US / 1e3;
  do {
    for (let turn = 0; turn < LOOKS_PER_CLOCK; turn += 1) {
      let found = false;
      for (const worker of busy) if (worker.hasNews && worker.collectAll()) found = true;
      if (found) return true;
    }
  } while (monotonicMs() < end);
  return false;
}

function setLook(look: number): void {
  for (const threads of all) for (const worker of threads.workers) worker.parentLooks(look);
}

/** Reads everything that is there; false when there was nothing. */
function readAll(): boolean {
  let found = false;
  for (const threads of [...all]) {
    for (const worker of [...threads.workers]) if (worker.readAll()) found = true;
  }
  return found;
}
