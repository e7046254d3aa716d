import { Word, WorkerPhase, type Ring } from "../wire/ring.js";
import type { RunTimes } from "../../shared/run-times.js";
import { Sampler } from "../../worker/sampler.js";
import { Atomics, monotonicMs } from "../../../internal/platform.js";
import {
  LOOKS_PER_CLOCK,
  MEASURED_STRETCHES,
  SHORTEST_WORKER_SPIN_US,
  PARK_MS,
  PREEMPTED_MS,
  YIELD_MS,
} from "../../tuning.js";
import { BackOff, halved } from "../../shared/idle-spin.js";

/** Decides when a worker spins, sleeps, or lets its event loop run, and measures how long tasks take. */
export class Pacing {
  readonly #ring: Ring;
  readonly #maxSpinUs: number;
  /** Up to here what was offered may be begun. */
  #accepted = 0;
  #spinUs: number;
  #lastYield = monotonicMs();
  readonly #backOff = new BackOff();
  #rounds = MEASURED_STRETCHES - 1;
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
    if (this.#backOff.isOn()) return false;
    let time = monotonicMs();
    const end = time + this.#spinUs / 1e3;
    let preempted = false;
    let found = false;
    do {
      for (let turn = 0; turn < LOOKS_PER_CLOCK && !found; turn += 1) {
        found = this.left(taken) > 0;
      }
      const now = monotonicMs();
      if (now - time > PREEMPTED_MS) preempted = true;
      time = now;
    } while (!found && time < end);
    // Two close together: the core is wanted elsewhere, and spinning would only keep it.
    if (preempted) this.#backOff.noteGap(time);
    else this.#backOff.noteCalm(time);
    return found;
  }

  /** Sleeps until work comes, for a millisecond at most; true when it came, or is about to. */
  park(taken: number): boolean {
    const { header } = this.#ring;
    const begunAt = monotonicMs();
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
    const sleptUs = (monotonicMs() - begunAt) * 1e3;
    if (sleptUs < this.#maxSpinUs) this.#spinUs = this.#maxSpinUs;
    else this.#spinUs = halved(this.#spinUs, SHORTEST_WORKER_SPIN_US);
    return true;
  }

  /** Measures one stretch of work. */
  sampler(times: RunTimes): Sampler {
    this.#rounds += 1;
    const measured = this.#rounds % MEASURED_STRETCHES === 0 || this.#slow;
    return new Sampler(times, measured, (slow) => {
      this.#slow = slow;
    });
  }
}
