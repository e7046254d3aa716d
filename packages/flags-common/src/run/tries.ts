import type { AttemptResult } from "../attempt/attempt-download.js";
import type { DownloadItem } from "../input/item.js";
import { backoffMs } from "../retry/backoff.js";
import type { CircuitBreaker, Pass } from "../retry/circuit-breaker.js";
import { isServerDown, isWorthRetrying } from "../retry/is-worth-retrying.js";
import type { RetryBudget } from "../retry/retry-budget.js";
import { sleep } from "../shared/wait.js";
import { notStarted, type DownloadResult } from "./download-result.js";

/** How a run retries. */
export interface RetryPolicy {
  /** Further tries for one file, an integer from 0. */
  readonly retries: number;
  /** For all files together. */
  readonly budget: RetryBudget;
  /** The breaker of the server of a URL; without retries there is none. */
  breakerFor(url: string): CircuitBreaker | undefined;
}

/** The tries for one file. */
export class Tries {
  readonly #item: DownloadItem;
  readonly #policy: RetryPolicy;
  readonly #breaker: CircuitBreaker | undefined;
  /** Of `--max-time`: requests and the waits between them count, waiting for a turn does not. */
  #remainingMs: number;
  #attempts = 0;
  /** Tries that the file has to answer for: not those that found a server known to be down. */
  #charged = 0;
  #last: AttemptResult | undefined;

  constructor(item: DownloadItem, maxTimeMs: number, policy: RetryPolicy) {
    this.#item = item;
    this.#policy = policy;
    this.#remainingMs = maxTimeMs;
    this.#breaker = policy.breakerFor(item.url);
  }

  get remainingMs(): number {
    return this.#remainingMs;
  }

  /** Waits while the server is down. */
  async mayStart(): Promise<Pass> {
    return (await this.#breaker?.pass()) ?? "request";
  }

  /** Takes note of a try; unless it was the last one, waits until the next. */
  async isLast(result: AttemptResult, pass: Pass, signal: AbortSignal): Promise<boolean> {
    this.#attempts += 1;
    this.#last = result;
    this.#remainingMs -= result.totalMs;
    if (result.status !== "error") {
      this.#breaker?.record(pass, true);
      return true;
    }
    if (result.code === "INTERRUPTED") return true;
    const isDown = isServerDown(result);
    this.#breaker?.record(pass, !isDown);
    if (this.#policy.retries === 0 || !isWorthRetrying(result)) return true;
    // The breaker waits in our place, and counts its probes by itself.
    if (isDown && this.#breaker?.isOpen) return this.#remainingMs <= 0;
    this.#charged += 1;
    if (this.#charged > this.#policy.retries) return true;
    const waitMs = backoffMs(this.#charged, result.retryAfterMs);
    if (waitMs === undefined || waitMs >= this.#remainingMs || !this.#policy.budget.take()) {
      return true;
    }
    this.#remainingMs -= waitMs;
    return !(await sleep(waitMs, signal));
  }

  /** What became of the file after the last try. */
  conclude({ totalMs, headersMs, ...outcome }: AttemptResult): DownloadResult {
    const tried = {
      item: this.#item,
      attempts: this.#attempts,
      timing: { totalMs, ...(headersMs === undefined ? {} : { headersMs }) },
    };
    return outcome.status === "notModified"
      ? { ...tried, status: "unchanged" }
      : { ...tried, ...outcome };
  }

  /** What became of the file when it may not be tried again. */
  givenUp(): DownloadResult {
    return this.#last === undefined ? notStarted(this.#item) : this.conclude(this.#last);
  }
}
