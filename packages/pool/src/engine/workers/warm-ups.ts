import { leaveAlone } from "../../internal/platform.js";
import { startTimer } from "../../internal/timer.js";

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How many workers are there without a call, and who waits until they are ready. */
export class WarmUps {
  readonly #minWorkers: number;
  readonly #maxWorkers: number;
  #waiters: Waiter[] = [];
  #stopHold: (() => void) | undefined;
  #over = false;

  constructor(minWorkers: number, maxWorkers: number) {
    this.#minWorkers = minWorkers;
    this.#maxWorkers = maxWorkers;
  }

  /** Number of workers that are started without a call, and that stay when they have nothing to do. */
  get kept(): number {
    if (this.#over) return 0;
    return this.pending ? this.#wanted : this.#minWorkers;
  }

  get pending(): boolean {
    return this.#waiters.length > 0;
  }

  /** Promises that the workers are ready. The program does not end before that is settled, as somebody may wait for nothing else. */
  begin(): Promise<void> {
    const promise = new Promise<void>((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
    this.#stopHold ??= startTimer(Number.MAX_SAFE_INTEGER, () => undefined);
    // Who does not wait for it learns of the same failure from the calls.
    leaveAlone(promise);
    return promise;
  }

  /** So many workers are ready. @returns Whether that is what was waited for. */
  ready(workers: number): boolean {
    if (!this.pending || workers < this.#wanted) return false;
    for (const { resolve } of this.#takeAll()) resolve();
    return true;
  }

  /** The workers cannot be had, at least for now. Each promise has an error object of its own. */
  fail(errorOf: () => Error): void {
    for (const { reject } of this.#takeAll()) reject(errorOf());
  }

  /** No worker is kept any more: they end as they have nothing to do. */
  end(errorOf: () => Error): void {
    this.#over = true;
    this.fail(errorOf);
  }

  get #wanted(): number {
    return this.#minWorkers > 0 ? this.#minWorkers : this.#maxWorkers;
  }

  #takeAll(): Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    this.#stopHold?.();
    this.#stopHold = undefined;
    return waiters;
  }
}
