import type { AttemptResult } from "../attempt/attempt-download.js";
import type { Failure } from "../fetch/flag-result.js";
import type { DownloadItem } from "../input/item.js";
import { backoffMs } from "../retry/backoff.js";
import type { CircuitBreaker, Pass } from "../retry/circuit-breaker.js";
import { isServerDown, isWorthRetrying } from "../retry/is-worth-retrying.js";
import type { RetryBudget } from "../retry/retry-budget.js";
import { sleep } from "../shared/wait.js";
import { notStarted, type DownloadResult, type SavedFile } from "./download-result.js";

/** How a run retries. */
export interface RetryPolicy {
  /** Further tries for one file, an integer from 0. */
  readonly retries: number;
  /** For all files together. */
  readonly budget: RetryBudget;
  /** The breaker of the server of a URL; without retries there is none. */
  breakerFor(url: string): CircuitBreaker | undefined;
}

/** What sets the limits on the command line. */
const LIMITS = { maxBytes: "--max-bytes", maxRedirects: "--max-redirs" } as const;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

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

  /** Waits while the server is down; no promise where no server can be. */
  mayStart(): Pass | Promise<Pass> {
    return this.#breaker === undefined ? "request" : this.#breaker.pass();
  }

  /** Takes note of a try; unless it was the last one, waits until the next. */
  isLast(result: AttemptResult, pass: Pass, signal: AbortSignal): boolean | Promise<boolean> {
    this.#attempts += 1;
    this.#last = result;
    this.#remainingMs -= result.totalMs;
    if (result.status !== "error") {
      this.#breaker?.record(pass, true);
      return true;
    }
    return result.code === "INTERRUPTED" || this.#isLastFailure(result, pass, signal);
  }

  async #isLastFailure(result: Failure, pass: Pass, signal: AbortSignal): Promise<boolean> {
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
  conclude(result: AttemptResult): DownloadResult {
    const { totalMs, headersMs } = result;
    const tried = {
      item: this.#item,
      attempts: this.#attempts,
      timing: headersMs === undefined ? { totalMs } : { totalMs, headersMs },
    };
    switch (result.status) {
      case "notModified":
        return { status: "unchanged", ...tried };
      case "notFound":
        return { status: "notFound", ...tried };
      case "ok": {
        const { status, byteLength, sha256, etag, lastModified, resumedBytes } = result;
        const saved: Writable<SavedFile> = { status, byteLength, sha256, ...tried };
        if (etag !== undefined) saved.etag = etag;
        if (lastModified !== undefined) saved.lastModified = lastModified;
        if (resumedBytes !== undefined) saved.resumedBytes = resumedBytes;
        return saved;
      }
      case "error": {
        const { status, code, reason, httpStatus, limit, retryAfterMs } = result;
        return {
          status,
          code,
          reason: limit === undefined ? reason : `${reason} (${LIMITS[limit]})`,
          ...(limit === undefined ? {} : { limit }),
          ...(httpStatus === undefined ? {} : { httpStatus }),
          ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
          ...tried,
        };
      }
    }
  }

  /** What became of the file when it may not be tried again. */
  givenUp(): DownloadResult {
    return this.#last === undefined ? notStarted(this.#item) : this.conclude(this.#last);
  }
}
