import { TimeoutError } from "../errors.js";
import type { Future } from "../future.js";
import type { Admission } from "../internal/admission.js";
import { Fifo } from "../internal/fifo.js";
import { MapInput } from "./map-input.js";
import { waitWithin } from "../internal/wait-limits.js";
import type { ResultIterator } from "./result-iterator.js";
import type { IterablesOf } from "../submitter.js";
import type { TaskOptions } from "../task-options.js";
import { leaveAlone, monotonicMs } from "../internal/platform.js";

/**
 * Starts a map over `iterables`, built on nothing but a way to submit one call.
 *
 * Without `bufferSize` all input that can be read at once, and that `admission` has room for, is read and submitted before
 * this returns, and what the input or `submit` throws is thrown from here, after the calls that had not begun were cancelled.
 */
export function startMap<A extends unknown[], R>(
  submit: (args: A) => Future<R>,
  iterables: IterablesOf<A>,
  options: Pick<TaskOptions, "bufferSize" | "ordered" | "deadlineMs">,
  admission?: Admission,
): ResultIterator<R> {
  return new MapIterator(submit, iterables, options, admission);
}

/** A call, or the error that ended the input where the next call would stand. */
type Slot<R> = { future: Future<R> } | { error: unknown };

class MapIterator<A extends unknown[], R> implements ResultIterator<R> {
  readonly #submit: (args: A) => Future<R>;
  readonly #input: MapInput<A>;
  readonly #ordered: boolean;
  readonly #deadlineMs: number | undefined;
  readonly #startedAt = monotonicMs();
  /** Calls whose results nobody has taken: those that `return()` cancels. */
  readonly #unread = new Set<Future<R>>();
  /** What `next()` hands out: in the order of the input, or else of the ends. */
  #ready = new Fifo<Slot<R>>();
  /** Calls of `next()` that came before their slot. */
  readonly #waiting = new Set<(slot: Slot<R> | undefined) => void>();
  /** Calls of `next()` that are not settled, the oldest first, as what makes them fail. */
  readonly #asked = new Set<(reason: unknown) => void>();
  /** Unordered calls that are not done, and so not yet in `#ready`. */
  #notReady = 0;
  #inputFailure: { error: unknown } | undefined;
  #closed = false;

  constructor(
    submit: (args: A) => Future<R>,
    iterables: readonly unknown[],
    {
      bufferSize,
      ordered = true,
      deadlineMs,
    }: Pick<TaskOptions, "bufferSize" | "ordered" | "deadlineMs">,
    admission: Admission | undefined,
  ) {
    this.#submit = submit;
    this.#ordered = ordered;
    this.#deadlineMs = deadlineMs;
    this.#input = new MapInput<A>(iterables, bufferSize ?? Infinity, admission, {
      item: (args) => {
        this.#accept(args);
      },
      ended: (failure) => {
        this.#inputFailure = failure;
        this.#finish();
      },
    });
    this.#input.start();
    if (bufferSize === undefined && this.#inputFailure !== undefined) {
      this.#closeQuietly();
      throw this.#inputFailure.error;
    }
  }

  next(): Promise<IteratorResult<R, undefined>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    this.#input.readOneMore();
    return waitWithin<IteratorResult<R, undefined>>(
      { timeoutMs: this.#deadlineMs && this.#startedAt + this.#deadlineMs - monotonicMs() },
      (resolve, reject) => {
        const undo = this.#take(resolve, reject);
        this.#asked.add(reject);
        return () => {
          this.#asked.delete(reject);
          undo();
        };
      },
      () => {
        // Whosever clock was the first to strike, the oldest gets the error; closing is the end for the others. Before
        // closing, which cancels the very call that is waited for.
        const [oldest] = this.#asked;
        oldest?.(new TimeoutError(`map() was not done within its ${this.#deadlineMs} ms`));
        this.#closeQuietly();
      },
    );
  }

  async return(): Promise<IteratorResult<R, undefined>> {
    await this.#close();
    return { done: true, value: undefined };
  }

  async toArray(): Promise<R[]> {
    const results: R[] = [];
    try {
      for await (const result of this) results.push(result);
    } catch (error) {
      // A for-await loop does not call return() when next() rejects.
      await this.#close();
      throw error;
    }
    return results;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  #accept(args: A): void {
    const future = this.#submit(args);
    this.#unread.add(future);
    if (this.#ordered) {
      this.#offer({ future });
      return;
    }
    this.#notReady += 1;
    future.addDoneCallback(() => {
      this.#notReady -= 1;
      this.#offer({ future });
      this.#finish();
    });
  }

  #offer(slot: Slot<R>): void {
    if (this.#closed) return;
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#ready.push(slot);
      return;
    }
    this.#waiting.delete(first);
    first(slot);
  }

  /** When the last slot is there: adds what the input threw, and tells the calls of `next()` that get nothing. */
  #finish(): void {
    if (!this.#exhausted()) return;
    if (this.#inputFailure !== undefined) this.#offer(this.#inputFailure);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const end of waiting) end(undefined);
  }

  #exhausted(): boolean {
    return this.#closed || (this.#input.ended && this.#notReady === 0);
  }

  #take(
    resolve: (result: IteratorResult<R, undefined>) => void,
    reject: (reason: unknown) => void,
  ): () => void {
    let undo = (): void => undefined;
    const use = (slot: Slot<R> | undefined): void => {
      if (slot === undefined) {
        resolve({ done: true, value: undefined });
      } else if ("error" in slot) {
        reject(slot.error);
      } else {
        undo = slot.future.addDoneCallback((future) => {
          this.#unread.delete(future);
          const { outcome } = future;
          if (outcome?.status === "fulfilled") resolve({ done: false, value: outcome.value });
          // Cancelled because the iterator was left: for whoever still waits here that is its end.
          else if (this.#closed && future.cancelled()) resolve({ done: true, value: undefined });
          else reject(outcome?.reason);
        });
      }
    };
    const slot = this.#ready.shift()?.value;
    if (slot !== undefined || this.#exhausted()) {
      use(slot);
    } else {
      this.#waiting.add(use);
      undo = () => {
        this.#waiting.delete(use);
      };
    }
    return () => {
      undo();
    };
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#input.stop();
    this.#ready = new Fifo();
    for (const future of this.#unread) future.cancel();
    this.#unread.clear();
    this.#finish();
    await this.#input.close();
  }

  /** Closes where nobody waits who could be told of an error in the input's own clean-up. */
  #closeQuietly(): void {
    leaveAlone(this.#close());
  }
}
