import { monotonicMs, setImmediate } from "../../internal/platform.js";
import {
  BACK_OFF_FORGOTTEN_MS,
  FIRST_BACK_OFF_MS,
  GAPS_CLOSE_MS,
  LONGEST_BACK_OFF_MS,
  LOOP_GAP_MS,
  SHORTEST_LOOP_SPIN_US,
} from "../tuning.js";

/** Keeps spins off a core that is wanted elsewhere: after two gaps close together there is none for a while, and longer each time. */
export class BackOff {
  #until = 0;
  #pauseMs = FIRST_BACK_OFF_MS;
  #lastGap = 0;

  /** Whether no spin may begin at the moment. The clock is read only where there was a pause. */
  isOn(): boolean {
    return this.#until !== 0 && monotonicMs() <= this.#until;
  }

  /** Something else ran in the middle of a spin. @returns Whether that is the second time in a moment: the spin is to end. */
  noteGap(now: number): boolean {
    const again = now - this.#lastGap < GAPS_CLOSE_MS;
    this.#lastGap = now;
    if (!again) return false;
    this.#until = now + this.#pauseMs;
    this.#pauseMs = Math.min(LONGEST_BACK_OFF_MS, this.#pauseMs * 2);
    return true;
  }

  /** Nothing came in between. */
  noteCalm(now: number): void {
    if (now - this.#lastGap > BACK_OFF_FORGOTTEN_MS) this.#pauseMs = FIRST_BACK_OFF_MS;
  }
}

/** How long the next spin is after one that was in vain, in microseconds: half as long, or none where it was short already. */
export function halved(us: number, shortestUs: number): number {
  return us > shortestUs ? us / 2 : 0;
}

/** What is looked for. */
export interface Watched {
  /** Looks, where the event loop does not by itself; true when something has come. */
  look?(): boolean;
  /** Whether something is still to come. */
  waits(): boolean;
  /** The loop may sleep again from here on. */
  ended?(): void;
}

/**
 * Keeps an event loop turning for a moment instead of letting it sleep until it is woken, which is what most of the time of
 * a short round trip goes to.
 *
 * It learns: in vain makes it shorter, something that came just after makes it full again; and it leaves the core to others
 * when they want it.
 */
export class IdleSpin {
  readonly #watched: Watched;
  readonly #longestUs: number;
  #us: number;
  #awake = false;
  #came = false;
  /** Since when it has looked in vain; 0 begins anew. */
  #since = 0;
  #lastLook = 0;
  #asleepSince = 0;
  readonly #backOff = new BackOff();

  /** @param longestUs - How long the loop is kept turning for something to come, in microseconds. */
  constructor(longestUs: number, watched: Watched) {
    this.#longestUs = longestUs;
    this.#us = longestUs;
    this.#watched = watched;
  }

  get awake(): boolean {
    return this.#awake;
  }

  /** Begins, or begins anew; false when it does not pay at the moment. */
  begin(): boolean {
    if (this.#awake) {
      this.#since = 0;
      return true;
    }
    if (this.#us === 0) {
      this.rest();
      return false;
    }
    if (this.#backOff.isOn()) return false;
    this.#awake = true;
    this.#lastLook = 0;
    this.#since = monotonicMs();
    setImmediate(this.#turn);
    return true;
  }

  /** Ends it if it goes on, or notes that the loop sleeps. */
  rest(): void {
    if (this.#awake) {
      this.#awake = false;
      this.#watched.ended?.();
    }
    if (this.#us === 0) this.#asleepSince = monotonicMs();
  }

  /** Something has come by the event loop. */
  came(): void {
    this.#came = true;
    this.woken();
  }

  /** Something has woken the loop: if that was soon after it fell asleep, a spin would have paid. */
  woken(): void {
    if (this.#us !== 0 || this.#asleepSince === 0) return;
    if ((monotonicMs() - this.#asleepSince) * 1e3 < this.#longestUs) this.#us = this.#longestUs;
  }

  readonly #turn = (): void => {
    if (!this.#awake) return;
    const found = this.#watched.look?.() ?? this.#came;
    this.#came = false;
    const now = monotonicMs();
    if (found || this.#since === 0) {
      this.#since = now;
      // What has come takes its time, which is no gap.
      this.#lastLook = 0;
      setImmediate(this.#turn);
      return;
    }
    if (this.#lastLook !== 0 && now - this.#lastLook > LOOP_GAP_MS && this.#backOff.noteGap(now)) {
      this.rest();
      return;
    }
    this.#lastLook = now;
    this.#backOff.noteCalm(now);
    if ((now - this.#since) * 1e3 < this.#us) {
      setImmediate(this.#turn);
      return;
    }
    if (this.#watched.waits()) this.#us = halved(this.#us, SHORTEST_LOOP_SPIN_US);
    this.rest();
  };
}
