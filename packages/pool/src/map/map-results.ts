import { TimeoutError } from "../errors.js";
import type { Admission } from "../internal/admission.js";
import { leaveAlone, monotonicMs } from "../internal/platform.js";
import { waitWithin } from "../internal/wait-limits.js";
import type { TaskOptions } from "../task-options.js";
import { MapInput } from "./map-input.js";
import type { ResultIterator } from "./result-iterator.js";

/** How one call of a map ended. */
export type Ended<R> = { value: R } | { error: unknown };

/** Takes the items of a map, and has the ends of its calls: in the order of the input, or as they come. */
export interface ResultSource<R> {
  /** Calls whose ends have not been handed out. */
  readonly left: number;
  /** Whether `take()` has an end to hand out. */
  readonly hasNext: boolean;
  /** Submits the call of the next item: its arguments. */
  accept(item: readonly unknown[]): void;
  take(): Ended<R> | undefined;
  /** Moves results to a list for as long as none is an error; left out where that saves nothing. */
  drain?(results: R[]): void;
  /** Cancels what has not begun. Nothing is asked for afterwards. */
  cancel(): void;
  /** Is called with what is to be called whenever an end has come. */
  onEnd(listener: () => void): void;
}

type MapOptions = Pick<TaskOptions, "bufferSize" | "deadlineMs">;

/** The iterator over the results of a map: who waits for one gets it in the order of asking, and the deadline holds for all. */
export class MapResults<R> implements ResultIterator<R> {
  readonly #source: ResultSource<R>;
  readonly #options: MapOptions;
  /** Undefined where the source has got all items. */
  #input: MapInput<unknown[]> | undefined;
  readonly #startedAt = monotonicMs();
  /** Calls of `next()` that came before their results, in order. */
  readonly #waiting = new Set<(end: Ended<R> | undefined) => void>();
  #inputFailure: { error: unknown } | undefined;
  #closed = false;

  constructor(source: ResultSource<R>, options: MapOptions) {
    this.#source = source;
    this.#options = options;
    source.onEnd(() => {
      this.#serve();
    });
  }

  /**
   * Begins to read the input. Without `bufferSize` all that can be read at once, and that there is room for, is read and submitted
   * before this returns; what that throws is thrown from here, after the calls that had not begun were cancelled.
   *
   * @param credit - How many items may be read beyond the results that were asked for.
   * @param admission - Keeps the queue within its limit, where there is one.
   */
  read(iterables: readonly unknown[], credit: number, admission: Admission | undefined): this {
    this.#input = new MapInput(iterables, credit, admission, {
      item: (item) => {
        this.#source.accept(item);
      },
      ended: (failure) => {
        this.#inputFailure = failure;
        this.#serve();
      },
    });
    this.#input.start();
    if (this.#options.bufferSize === undefined && this.#inputFailure !== undefined) {
      const { error } = this.#inputFailure;
      this.#closeQuietly();
      throw error;
    }
    return this;
  }

  next(): Promise<IteratorResult<R, undefined>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    this.#input?.readOneMore();
    if (this.#waiting.size === 0) {
      const end = this.#source.take();
      if (end !== undefined) return deliver(end);
    }
    const { deadlineMs } = this.#options;
    let own: ((end: Ended<R> | undefined) => void) | undefined;
    return waitWithin<IteratorResult<R, undefined>>(
      { timeoutMs: deadlineMs && this.#startedAt + deadlineMs - monotonicMs() },
      (resolve, reject) => {
        const waiter = (end: Ended<R> | undefined): void => {
          if (end === undefined) resolve({ done: true, value: undefined });
          else if ("error" in end) reject(end.error);
          else resolve({ done: false, value: end.value });
        };
        own = waiter;
        this.#waiting.add(waiter);
        this.#serve();
        return () => {
          this.#waiting.delete(waiter);
        };
      },
      (resolve, reject) => {
        // Before closing, which ends whoever waits. The oldest gets the error, whosever clock was the first to strike.
        const error = new TimeoutError(`map() was not done within its ${deadlineMs} ms`);
        const [oldest] = this.#waiting;
        if (oldest === undefined || oldest === own) reject(error);
        else {
          this.#waiting.delete(oldest);
          oldest({ error });
          resolve({ done: true, value: undefined });
        }
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
    const buffered = this.#options.bufferSize !== undefined;
    try {
      for await (const result of this) {
        results.push(result);
        // What is there already needs no promise each, where no credit has to be counted.
        if (!buffered && this.#waiting.size === 0) this.#source.drain?.(results);
      }
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

  /** Gives those who wait what has come, in order, and tells them when nothing will. */
  #serve(): void {
    for (const waiter of this.#waiting) {
      if (!this.#exhausted() && !this.#source.hasNext) return;
      // First, as to make an error of what came may run code of users, which may ask for the next one.
      this.#waiting.delete(waiter);
      waiter(this.#closed ? undefined : (this.#source.take() ?? this.#inputError()));
    }
  }

  #exhausted(): boolean {
    return this.#closed || ((this.#input?.ended ?? true) && this.#source.left === 0);
  }

  /** The error of the input stands where the next result would, once. */
  #inputError(): { error: unknown } | undefined {
    const failure = this.#inputFailure;
    this.#inputFailure = undefined;
    return failure;
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#input?.stop();
    this.#source.cancel();
    this.#serve();
    await this.#input?.close();
  }

  /** Closes where nobody waits who could be told of an error in the input's own clean-up. */
  #closeQuietly(): void {
    leaveAlone(this.#close());
  }
}

function deliver<R>(end: Ended<R>): Promise<IteratorResult<R, undefined>> {
  return "error" in end
    ? Promise.reject(end.error)
    : Promise.resolve({ done: false, value: end.value });
}
