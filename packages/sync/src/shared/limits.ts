import { performance } from "node:perf_hooks";
import { TimeoutError } from "../errors.js";

/** Limits of a wait that blocks its thread. */
export interface SyncWaitOptions {
  /** Milliseconds; default: no limit. */
  readonly timeoutMs?: number | undefined;
}

/** Limits of a wait. */
export interface WaitOptions extends SyncWaitOptions {
  /** Ends the wait: it rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

const now = performance.now.bind(performance);

/** A moment at which a wait is over, on a clock that never goes back. */
export class Deadline {
  readonly #at: number;
  readonly #timeoutMs: number;

  /** @throws {RangeError} For a negative number of milliseconds. */
  constructor(timeoutMs: number | undefined) {
    checkTimeout(timeoutMs);
    this.#timeoutMs = timeoutMs ?? Infinity;
    this.#at = this.isLimited ? now() + this.#timeoutMs : Infinity;
  }

  get isLimited(): boolean {
    return this.#timeoutMs !== Infinity;
  }

  get leftMs(): number {
    return this.isLimited ? Math.max(0, this.#at - now()) : Infinity;
  }

  /** @param what - What was waited for, as in `a Lock`. */
  error(what: string): TimeoutError {
    return new TimeoutError(`waiting for ${what} took longer than ${this.#timeoutMs} ms`);
  }
}

export const NO_LIMIT: SyncWaitOptions = Object.freeze({});

function checkTimeout(timeoutMs: unknown): void {
  if (timeoutMs === undefined) return;
  if (typeof timeoutMs !== "number") throw new TypeError("timeoutMs must be a number");
  if (!(timeoutMs >= 0)) throw new RangeError(`timeoutMs must not be ${timeoutMs}`);
}
