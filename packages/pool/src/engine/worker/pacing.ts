import { Word, WorkerPhase, type Ring } from "../shared/ring.js";
import type { RunTimes } from "../shared/run-times.js";
import { Atomics, monotonicMs } from "../../internal/platform.js";

/** The event loop gets a turn after so many milliseconds of work. */
const YIELD_MS = 4;
/** The longest sleep away from the event loop, so that timers of user code stay at most this late. */
const PARK_MS = 1;
/** A gap in a spin longer than this means that something else ran on the core. */
const PREEMPTED_MS = 0.25;
/** A clock is read once in so many microseconds of work. */
const SAMPLE_US = 20;

/** Decides when a worker spins, sleeps, or lets its event loop run, and measures how long tasks take. */
export class Pacing {
  readonly #ring: Ring;
  readonly #maxSpinUs: number;
  /** Up to here what was offered may be begun. */
  #accepted = 0;
  #spinUs: number;
  #lastYield = monotonicMs();
  #noSpinUntil = 0;
  #backoffMs = 20;
  #lastPreempted = 0;
  #rounds = 15;
  #slow = true;

  constructor(ring: Ring, maxSpinUs: number) {
    this.#ring = ring;
    this.#maxSpinUs = maxSpinUs;
    this.#spinUs = maxSpinUs;
  }

  /** Says whether the event loop is due. */
  shouldYield(): boolean {
    const now = monotonicMs();
    if (now - this.#lastYield <= YIELD_MS) return false;
    this.#lastYield = now;
    return true;
  }

  /** Notes that the event loop has just had its turn. */
  yielded(): void {
    this.#lastYield = monotonicMs();
  }

  /** How many calls lie in the ring after so many that were taken. */
  left(taken: number): number {
    const submitted = (Atomics.load(this.#ring.header, Word.Submitted) - taken) | 0;
    return Math.max(0, submitted, (this.#accepted - taken) | 0);
  }

  /** Whether there is more that may be published soon. */
  isOffered(taken: number): boolean {
    return ((Atomics.load(this.#ring.header, Word.Offered) - taken) | 0) > 0;
  }

  /** Looks for work without sleeping, for some microseconds; true when it came. */
  spin(taken: number): boolean {
    const { header } = this.#ring;
    if (this.#spinUs === 0 || Atomics.load(header, Word.MaySpin) === 0) return false;
    let time = monotonicMs();
    if (time < this.#noSpinUntil) return false;
    const end = time + this.#spinUs / 1e3;
    let preempted = false;
    let found = false;
    do {
      for (let turn = 0; turn < 40 && !found; turn += 1) {
        found = this.left(taken) > 0;
      }
      const now = monotonicMs();
      if (now - time > PREEMPTED_MS) preempted = true;
      time = now;
    } while (!found && time < end);
    this.#notePreemption(preempted, time);
    return found;
  }

  /** Sleeps until work comes, for a millisecond at most; true when it came, or is about to. */
  park(taken: number): boolean {
    const { header } = this.#ring;
    const begun = monotonicMs();
    const offered = Atomics.load(header, Word.Offered);
    Atomics.store(header, Word.Phase, WorkerPhase.Parked);
    const submitted = Atomics.load(header, Word.Submitted);
    const woken =
      ((submitted - taken) | 0) > 0 ||
      Atomics.wait(header, Word.Submitted, submitted, PARK_MS) !== "timed-out";
    if (!woken) {
      this.#spinUs = 0;
      // What was offered before this sleep is what its thread does not come to publish.
      this.#accepted = offered;
      return this.left(taken) > 0 || Atomics.load(header, Word.Offered) !== offered;
    }
    // Had it spun a little longer it would not have had to be woken; if much longer, spinning does not pay.
    const sleptUs = (monotonicMs() - begun) * 1e3;
    if (sleptUs < this.#maxSpinUs) this.#spinUs = this.#maxSpinUs;
    else this.#spinUs = this.#spinUs > 8 ? this.#spinUs / 2 : 0;
    return true;
  }

  /** Measures one stretch of work. */
  sampler(times: RunTimes): Sampler {
    this.#rounds += 1;
    const measured = (this.#rounds & 15) === 0 || this.#slow;
    return new Sampler(times, measured, (slow) => {
      this.#slow = slow;
    });
  }

  /** Two preemptions close together: the core is wanted elsewhere, and spinning would only keep it. */
  #notePreemption(preempted: boolean, now: number): void {
    if (preempted) {
      if (now - this.#lastPreempted < 10) {
        this.#noSpinUntil = now + this.#backoffMs;
        this.#backoffMs = Math.min(500, this.#backoffMs * 2);
      }
      this.#lastPreempted = now;
    } else if (now - this.#lastPreempted > 2000) {
      this.#backoffMs = 20;
    }
  }
}

/** Measures runs of calls of the same task; the clock is read once for several short calls. */
export class Sampler {
  readonly #times: Pick<RunTimes, "record">;
  readonly #told: (slow: boolean) => void;
  #begun: number;
  #measured: boolean;
  #task = -1;
  #count = 0;
  #limit = 1;
  #lastFlush = 0;

  constructor(times: Pick<RunTimes, "record">, measured: boolean, told: (slow: boolean) => void) {
    this.#times = times;
    this.#told = told;
    this.#measured = measured;
    this.#begun = measured ? monotonicMs() : 0;
    if (!measured) this.#limit = 8;
  }

  /** Is told which task comes next; true when the clock was read. */
  tick(task: number): boolean {
    if (this.#task === -1) {
      this.#task = task;
      return false;
    }
    if (task === this.#task && this.#count < this.#limit) return false;
    this.#restart(task);
    return true;
  }

  ran(): void {
    this.#count += 1;
  }

  /** Forgets the stretch: it held a call whose time is measured elsewhere. */
  discard(): void {
    this.#measured = false;
    this.#count = 0;
  }

  /** Says whether finished replies have waited long enough. */
  flushDue(): boolean {
    if (this.#limit > 1 && this.#begun - this.#lastFlush <= 0.1) return false;
    this.#lastFlush = this.#begun;
    return true;
  }

  end(): void {
    if (!this.#measured || this.#count === 0) return;
    const us = ((monotonicMs() - this.#begun) * 1e3) / this.#count;
    this.#times.record(this.#task, us);
    this.#told(us > 5);
  }

  #restart(task: number): void {
    const now = monotonicMs();
    if (this.#measured && this.#count > 0) {
      const us = ((now - this.#begun) * 1e3) / this.#count;
      this.#times.record(this.#task, us);
      this.#limit = us > SAMPLE_US ? 1 : Math.min(32, Math.ceil(SAMPLE_US / us));
    }
    this.#measured = true;
    this.#task = task;
    this.#count = 0;
    this.#begun = now;
  }
}
