import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import { Deadline, type SyncWaitOptions, type WaitOptions } from "./limits.js";
import { State } from "./layout.js";
import type { Monitor } from "./monitor.js";
import { currentTask } from "./task.js";
import { lookAfterChildren, onDeath, waitsKeepAlive } from "./threads.js";

/** A slot that waits, and how its wait may be given up. */
export interface Wait {
  readonly monitor: Monitor;
  readonly slot: number;
  /** As in `a Lock`. */
  readonly what: string;
  /** Called inside the monitor when the wait was given up, after its slot is free. */
  readonly gaveUp: () => void;
  /** Whether it goes on when the task at hand is to stop. */
  readonly isStubborn?: boolean;
}

/** A look at what is to come soon costs less than to fall asleep and be woken. */
const SPINS = 2000;
/** So often a thread that sleeps looks for deaths, and for a request to stop. */
const SLICE_MS = 20;
const LOOK_EVERY_MS = 20;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Gives up a wait; false when it was granted before. */
function giveUp({ monitor, slot, gaveUp }: Wait): boolean {
  monitor.enter();
  const waits = monitor.isWaiting(slot);
  if (waits) {
    monitor.withdraw(slot);
    gaveUp();
  }
  monitor.leave();
  return waits;
}

/**
 * Blocks this thread until a slot is granted. A request to stop the task at hand ends it, too.
 *
 * @throws {TimeoutError} When it took too long; and the reason for which the task is to stop.
 */
export function waitSync(wait: Wait, deadline: Deadline): void {
  const { monitor, slot } = wait;
  const words = monitor.stateArray(slot);
  const index = monitor.stateIndex(slot);
  for (let spins = 0; spins < SPINS; spins += 1) {
    if (Atomics.load(words, index) !== State.Waiting) return;
  }
  lookAfterChildren();
  const task = wait.isStubborn === true ? undefined : currentTask();
  while (Atomics.load(words, index) === State.Waiting) {
    try {
      task?.throwIfAborted();
      if (deadline.leftMs === 0) throw deadline.error(wait.what);
    } catch (error) {
      if (giveUp(wait)) throw error;
      return;
    }
    const slice = Math.min(SLICE_MS, deadline.leftMs);
    if (Atomics.wait(words, index, State.Waiting, slice) !== "timed-out") continue;
    lookAfterChildren();
    monitor.reap();
  }
}

/**
 * Waits until a slot is granted.
 *
 * @throws {TimeoutError} When it took too long; and the reason of a signal: the one given, or that of the task at hand.
 */
export function waitAsync(wait: Wait, deadline: Deadline, signal?: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const stop = wait.isStubborn === true ? undefined : currentTask()?.signal;
    new AsyncWait(wait, deadline, [signal, stop], resolve, reject).start();
  });
}

/** One listener of a signal for all waits that it ends: Node warns of more than ten. */
interface Watch {
  readonly waits: Set<AsyncWait>;
  readonly aborted: () => void;
}
const watches = new WeakMap<AbortSignal, Watch>();

function watch(signal: AbortSignal, wait: AsyncWait): void {
  const known = watches.get(signal);
  if (known !== undefined) {
    known.waits.add(wait);
    return;
  }
  const waits = new Set([wait]);
  const aborted = (): void => {
    for (const one of [...waits]) one.giveUp(signal.reason);
  };
  watches.set(signal, { waits, aborted });
  signal.addEventListener("abort", aborted);
}

function unwatch(signal: AbortSignal, wait: AsyncWait): void {
  const known = watches.get(signal);
  if (known === undefined) return;
  known.waits.delete(wait);
  if (known.waits.size > 0) return;
  watches.delete(signal);
  signal.removeEventListener("abort", known.aborted);
}

/** The waits of this thread that do not block it. */
const asyncWaits = new Set<AsyncWait>();
let looking: ReturnType<typeof setInterval> | undefined;

class AsyncWait {
  readonly #wait: Wait;
  readonly #deadline: Deadline;
  readonly #signals: readonly AbortSignal[];
  readonly #resolve: () => void;
  readonly #reject: (reason: unknown) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(
    wait: Wait,
    deadline: Deadline,
    signals: readonly (AbortSignal | undefined)[],
    resolve: () => void,
    reject: (reason: unknown) => void,
  ) {
    this.#wait = wait;
    this.#deadline = deadline;
    this.#signals = signals.filter((signal) => signal !== undefined);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    asyncWaits.add(this);
    lookNowAndThen();
    for (const signal of this.#signals) {
      watch(signal, this);
      if (signal.aborted) this.giveUp(signal.reason);
    }
    if (this.#deadline.isLimited) this.#setTimer();
    this.#listen();
  }

  /** Whether it goes on by itself is not sure: whoever should have woken it may have died before. */
  look(): void {
    this.#wait.monitor.reap();
    this.#check();
  }

  #listen(): void {
    if (this.#ended || this.#check()) return;
    const { monitor, slot } = this.#wait;
    const word = Atomics.waitAsync(
      monitor.stateArray(slot),
      monitor.stateIndex(slot),
      State.Waiting,
    );
    if (word.async) {
      void word.value.then(() => {
        this.#listen();
      });
    } else {
      this.#check();
    }
  }

  /** Ends the wait if it was granted. The slot can be nobody else's as long as this wait has not ended. */
  #check(): boolean {
    const { monitor, slot } = this.#wait;
    if (this.#ended) return true;
    if (monitor.stateOf(slot) === State.Waiting) return false;
    this.#end();
    this.#resolve();
    return true;
  }

  #setTimer(): void {
    const { leftMs } = this.#deadline;
    this.#timer = setTimeout(
      () => {
        if (this.#deadline.leftMs > 0) this.#setTimer();
        else this.giveUp(this.#deadline.error(this.#wait.what));
      },
      Math.min(LONGEST_TIMER_MS, Math.ceil(leftMs)),
    );
  }

  /** Ends it, if it was not granted. */
  giveUp(reason: unknown): void {
    if (this.#ended) return;
    // What was granted counts, though nobody has heard of it yet.
    if (!giveUp(this.#wait)) {
      this.#check();
      return;
    }
    this.#end();
    this.#reject(reason);
  }

  #end(): void {
    this.#ended = true;
    asyncWaits.delete(this);
    clearTimeout(this.#timer);
    for (const signal of this.#signals) unwatch(signal, this);
    if (asyncWaits.size === 0 && looking !== undefined) {
      clearInterval(looking);
      looking = undefined;
    }
  }
}

function lookAtAll(): void {
  for (const wait of asyncWaits) wait.look();
}

// At once: the program may have nothing else to do, and end before the next look.
onDeath(lookAtAll);

/** What waits in `Atomics.waitAsync` alone does not keep a thread alive. */
function lookNowAndThen(): void {
  if (looking !== undefined) return;
  looking = setInterval(lookAtAll, LOOK_EVERY_MS);
  if (!waitsKeepAlive) looking.unref();
}

/** Makes the deadline of a wait. @throws {TypeError} For a signal that is none; or the reason of one that has aborted. */
export function deadlineOf(options: SyncWaitOptions | WaitOptions): Deadline {
  const deadline = new Deadline(options.timeoutMs);
  // Before anything waits: what fails later would leave a slot behind that nobody frees.
  if ("signal" in options && options.signal !== undefined) {
    if (typeof (options.signal as Partial<AbortSignal> | null)?.addEventListener !== "function") {
      throw new TypeError("signal must be an AbortSignal");
    }
    options.signal.throwIfAborted();
  }
  return deadline;
}
