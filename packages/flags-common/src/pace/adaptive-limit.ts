/** How many requests go out at first. */
const START = 2;

/**
 * Finds out how many requests at once a server takes: one more for each round that went well, half of them
 * when it complains ("additive increase, multiplicative decrease", as TCP does). Until the first complaint
 * the limit doubles with each round.
 */
export class AdaptiveLimit {
  readonly #max: number;
  #limit: number;
  #hasSeenTrouble = false;
  #lastCutMs = -Infinity;

  /** @param max - The limit never exceeds it, an integer from 1. */
  constructor(max: number) {
    this.#max = max;
    this.#limit = Math.min(START, max);
  }

  /** How many requests may be in flight, an integer from 1. */
  get current(): number {
    return Math.floor(this.#limit);
  }

  /** Takes note of a request that went well. */
  good(): void {
    const step = this.#hasSeenTrouble ? 1 / this.#limit : 1;
    this.#limit = Math.min(this.#max, this.#limit + step);
  }

  /** Takes note of a complaint; those that answer requests from before the last cut say nothing new. */
  trouble(startedAtMs: number, nowMs: number): void {
    if (startedAtMs < this.#lastCutMs) return;
    this.#hasSeenTrouble = true;
    this.#lastCutMs = nowMs;
    this.#limit = Math.max(1, this.#limit / 2);
  }
}
