import { sleep, WaitingLine } from "../shared/wait.js";
import { AdaptiveLimit } from "./adaptive-limit.js";
import { AdaptiveRate } from "./adaptive-rate.js";

/** How fast a run may go. */
export interface PaceOptions {
  /** Requests per second; not limited when it is not given. */
  readonly ratePerSecond?: number | undefined;
  /** Find out how many requests at once, and per second, the server takes; never more at once than this. */
  readonly adaptiveMax?: number | undefined;
}

/**
 * How a request ended, as far as the pace is concerned: the server may say that there are too many in a time
 * (429), or else be too busy (503, no answer in time).
 */
export type PaceVerdict = "good" | "tooFast" | "busy" | "other";

/** Time that was overslept may be made up for, but not more of it than this, in milliseconds. */
const MAX_CATCH_UP_MS = 20;

/** Lets requests go when their time has come, in the order in which they asked. */
export class Pace {
  readonly #rate: number;
  readonly #adaptiveLimit: AdaptiveLimit | undefined;
  readonly #adaptiveRate: AdaptiveRate | undefined;
  readonly #forSlot = new WaitingLine();
  readonly #forTime = new WaitingLine();
  #isTiming = false;
  #nextMs = 0;
  #admitted = 0;
  #inFlight = 0;
  #peak = 0;

  constructor({ ratePerSecond = Infinity, adaptiveMax }: PaceOptions) {
    this.#rate = ratePerSecond;
    if (adaptiveMax === undefined) return;
    this.#adaptiveLimit = new AdaptiveLimit(adaptiveMax);
    this.#adaptiveRate = new AdaptiveRate(performance.now());
  }

  /** The most requests that were in flight at once. */
  get peak(): number {
    return this.#peak;
  }

  /** Whether nobody ever has to wait, as in most runs: {@link admit} does then without a promise. */
  get isUnlimited(): boolean {
    return this.#adaptiveLimit === undefined && this.#rate === Infinity;
  }

  /** Lets a request go at once; {@link leave} has to be called when it has ended. */
  admit(): void {
    this.#admitted += 1;
    this.#inFlight += 1;
    this.#peak = Math.max(this.#peak, this.#inFlight);
  }

  /**
   * Waits for leave to send a request; {@link leave} has to be called when it has ended.
   *
   * @returns `false` when the signal aborted first.
   */
  async enter(signal: AbortSignal): Promise<boolean> {
    while (this.#admitted >= (this.#adaptiveLimit?.current ?? Infinity)) {
      if (!(await this.#forSlot.join(signal))) return false;
    }
    this.#admitted += 1;
    const isTime = await this.#waitForTime(signal);
    // Counted again where it goes.
    this.#admitted -= 1;
    if (isTime) this.admit();
    return isTime;
  }

  /** Takes note of the end of a request. */
  leave(verdict: PaceVerdict, startedAtMs: number): void {
    this.#inFlight -= 1;
    this.#admitted -= 1;
    const nowMs = performance.now();
    if (verdict === "good") {
      this.#adaptiveLimit?.good();
      this.#adaptiveRate?.good();
    } else if (verdict !== "other") {
      this.#adaptiveLimit?.trouble(startedAtMs, nowMs);
      if (verdict === "tooFast") this.#adaptiveRate?.complaint(startedAtMs, nowMs);
    }
    if (this.#forSlot.length === 0) return;
    // Whoever is called up looks at the limit again.
    const free = (this.#adaptiveLimit?.current ?? Infinity) - this.#admitted;
    for (let slot = 0; slot < free && this.#forSlot.callNext(); slot += 1);
  }

  /** One at a time looks at the clock, so that a change of the rate takes effect at once. */
  async #waitForTime(signal: AbortSignal): Promise<boolean> {
    if (this.#ratePerSecond(performance.now()) === Infinity) return !signal.aborted;
    if (this.#isTiming && !(await this.#forTime.join(signal))) return false;
    this.#isTiming = true;
    try {
      for (;;) {
        const nowMs = performance.now();
        const intervalMs = 1000 / this.#ratePerSecond(nowMs);
        const dueMs = Math.max(this.#nextMs, nowMs - MAX_CATCH_UP_MS);
        if (dueMs <= nowMs) {
          this.#nextMs = dueMs + intervalMs;
          return true;
        }
        if (!(await sleep(Math.min(dueMs - nowMs, intervalMs), signal))) return false;
      }
    } finally {
      // The next one takes the place at once, before anybody who comes later sees it free.
      if (!this.#forTime.callNext()) this.#isTiming = false;
    }
  }

  #ratePerSecond(nowMs: number): number {
    return Math.min(this.#rate, this.#adaptiveRate?.perSecond(nowMs) ?? Infinity);
  }
}
