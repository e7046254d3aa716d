/** Shorter stretches say too little about a rate, in milliseconds. */
const MIN_STRETCH_MS = 300;
/** Fewer complaints than this part of all answers are chance, or the price of finding out. */
const TOLERATED_SHARE = 0.05;
/** After too many complaints, go on at this part of what the server has just managed. */
const STEP_BACK = 0.95;
/** Per second without a step back, the rate grows by this part of what it was after the last one. */
const GROWTH_PER_SECOND = 0.1;

/**
 * Finds out how many requests per second a server takes. What is too much it answers with 429; what it answered
 * well since the last step back is what it takes, and a little less than that is the new rate, which then grows
 * slowly.
 */
export class AdaptiveRate {
  #base = Infinity;
  #sinceMs: number;
  #good = 0;
  #complaints = 0;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** Requests per second; infinite until the server complains. */
  perSecond(nowMs: number): number {
    if (this.#base === Infinity) return Infinity;
    return this.#base * (1 + (GROWTH_PER_SECOND * (nowMs - this.#sinceMs)) / 1000);
  }

  /** Takes note of a request that went well. */
  good(): void {
    this.#good += 1;
  }

  /** Takes note of a complaint; those that answer requests from before the last step back say nothing new. */
  complaint(startedAtMs: number, nowMs: number): void {
    if (startedAtMs < this.#sinceMs) return;
    this.#complaints += 1;
    const stretchMs = nowMs - this.#sinceMs;
    const share = this.#complaints / (this.#complaints + this.#good);
    if (stretchMs < MIN_STRETCH_MS || share <= TOLERATED_SHARE) return;
    const managed = (this.#good * 1000) / stretchMs;
    this.#base = Math.max(1, STEP_BACK * Math.min(managed, this.perSecond(nowMs)));
    this.#sinceMs = nowMs;
    this.#good = 0;
    this.#complaints = 0;
  }
}
