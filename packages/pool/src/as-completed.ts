import { TimeoutError } from "./errors.js";
import type { Future } from "./future.js";
import { collectFutures } from "./collect-futures.js";
import { Fifo } from "./internal/fifo.js";
import { checkWaitLimits, waitWithin, type WaitLimits } from "./internal/wait-limits.js";
import { monotonicMs } from "./internal/platform.js";

/** The futures of `asCompleted`: one pass; leaving the loop early lets go of the rest and cancels nothing. */
export interface CompletionIterator<F> extends AsyncIterableIterator<F>, AsyncDisposable {
  next(): Promise<IteratorResult<F, undefined>>;
  return(): Promise<IteratorResult<F, undefined>>;
}

/**
 * Iterates over futures, of any executors, as they are done: those that are already first, then the others in the
 * order of their ends. The counterpart of Python's `as_completed`.
 *
 * The input is read, and the clock starts, at the call. What comes out are the futures themselves, also failed and
 * cancelled ones; each once.
 *
 * @param futures - Any iterable of futures, also a generator that submits them; it is read at once.
 * @param limits.timeoutMs - After so many milliseconds, and after all that was done by then has come out, `next()`
 *   rejects with a TimeoutError that counts the rest.
 * @param limits.signal - Makes `next()` reject with its reason.
 * @throws {TypeError | RangeError} At the call, for bad input.
 * @example
 * const executor = new InlineExecutor();
 * const values: number[] = [];
 * for await (const future of asCompleted([executor.submit(() => 1), executor.submit(() => 2)])) {
 *   values.push(await future.result());
 * }
 * values; // => [1, 2]
 */
export function asCompleted<F extends Future<unknown>>(
  futures: Iterable<F>,
  limits: WaitLimits = {},
): CompletionIterator<F> {
  checkWaitLimits("asCompleted()", limits);
  return new Completions(collectFutures("asCompleted()", futures), limits);
}

/** Written by hand: an async generator could not serve two calls of `next()` at once. */
class Completions<F extends Future<unknown>> implements CompletionIterator<F> {
  readonly #total: number;
  readonly #limits: WaitLimits;
  readonly #deadline: number;
  readonly #done = new Fifo<F>();
  /** The futures that are not done, and how to let go of each. */
  readonly #pending = new Map<F, () => void>();
  readonly #waiting = new Set<(future: F | undefined) => void>();
  #closed = false;

  constructor(futures: ReadonlySet<F>, limits: WaitLimits) {
    this.#total = futures.size;
    this.#limits = limits;
    this.#deadline = monotonicMs() + (limits.timeoutMs ?? Infinity);
    for (const future of futures) {
      if (future.done()) this.#done.push(future);
    }
    for (const future of futures) {
      if (future.done()) continue;
      this.#pending.set(
        future,
        future.addDoneCallback(() => {
          this.#ended(future);
        }),
      );
    }
  }

  next(): Promise<IteratorResult<F, undefined>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    const { timeoutMs, signal } = this.#limits;
    const next = waitWithin<IteratorResult<F, undefined>>(
      { timeoutMs: timeoutMs && this.#deadline - monotonicMs(), signal },
      (resolve) => {
        const deliver = (future: F | undefined): void => {
          resolve(
            future === undefined
              ? { done: true, value: undefined }
              : { done: false, value: future },
          );
        };
        const ready = this.#done.shift();
        if (ready !== undefined || this.#pending.size <= this.#waiting.size) {
          deliver(ready?.value);
          return () => undefined;
        }
        this.#waiting.add(deliver);
        return () => {
          this.#waiting.delete(deliver);
        };
      },
      (_resolve, reject) => {
        const unfinished = this.#pending.size;
        // Before closing, which tells all that still wait that the iteration is over.
        reject(
          new TimeoutError(`${unfinished} (of ${this.#total}) futures unfinished`, {
            unfinished,
            total: this.#total,
          }),
        );
        this.#close();
      },
    );
    return this.#closingOnFailure(next);
  }

  async #closingOnFailure<R>(next: Promise<R>): Promise<R> {
    try {
      return await next;
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  return(): Promise<IteratorResult<F, undefined>> {
    this.#close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    return Promise.resolve();
  }

  #ended(future: F): void {
    // Nobody holds a timer while nobody waits in next(): what ends after the deadline counts as unfinished.
    if (monotonicMs() > this.#deadline) return;
    this.#pending.delete(future);
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#done.push(future);
      return;
    }
    this.#waiting.delete(first);
    first(future);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const remove of this.#pending.values()) remove();
    this.#pending.clear();
    while (this.#done.shift() !== undefined);
    for (const end of [...this.#waiting]) end(undefined);
    this.#waiting.clear();
  }
}
