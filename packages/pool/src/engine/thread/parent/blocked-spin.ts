import { monotonicMs } from "../../../internal/platform.js";
import {
  FIRST_BACK_OFF_MS,
  BACK_OFF_FORGOTTEN_MS,
  LONGEST_BACK_OFF_MS,
  LOOKS_PER_CLOCK,
  PARENT_SPIN_US,
  SHORT_SLEEP_US,
} from "../../tuning.js";

/** So much less is a look that found something quickly than one that was in vain weighs. */
const PAID = 1 / 4;
/** From here on looking does not pay. */
const TOO_OFTEN = 2;

/**
 * Decides whether a thread that stands still looks for results for a moment before it sleeps.
 *
 * It learns from what comes just after it has looked in vain, or in the middle of a look that took too long: had the other side had a
 * core of its own, the result would have been there. Then both only keep each other from the core, and it sleeps at once for a while.
 */
export class BlockedSpin {
  #until = 0;
  #pauseMs = FIRST_BACK_OFF_MS;
  #lastRestMs = 0;
  #vain = 0;
  #looked = false;

  /** Whether looking is left out at the moment, as it did not pay. */
  get rests(): boolean {
    return this.#until !== 0 && monotonicMs() < this.#until;
  }

  /** Looks for some microseconds whether something has come. */
  look(hasCome: () => boolean): boolean {
    this.#looked = false;
    const end = monotonicMs() + PARENT_SPIN_US / 1e3;
    do {
      for (let turn = 0; turn < LOOKS_PER_CLOCK; turn += 1) {
        if (!hasCome()) continue;
        if (monotonicMs() <= end) this.#vain = Math.max(0, this.#vain - PAID);
        else this.#wasInVain();
        return true;
      }
    } while (monotonicMs() < end);
    this.#looked = true;
    return false;
  }

  /** Something has come after a sleep of so many microseconds. */
  slept(us: number): void {
    if (!this.#looked) return;
    this.#looked = false;
    // What took long would not have been found.
    if (us <= SHORT_SLEEP_US) this.#wasInVain();
  }

  #wasInVain(): void {
    this.#vain += 1;
    if (this.#vain < TOO_OFTEN) return;
    this.#vain = 0;
    const now = monotonicMs();
    if (now - this.#lastRestMs > BACK_OFF_FORGOTTEN_MS) this.#pauseMs = FIRST_BACK_OFF_MS;
    this.#lastRestMs = now;
    this.#until = now + this.#pauseMs;
    this.#pauseMs = Math.min(LONGEST_BACK_OFF_MS, this.#pauseMs * 2);
  }
}
