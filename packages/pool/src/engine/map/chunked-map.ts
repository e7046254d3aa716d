import { TimeoutError } from "../../errors.js";
import type { Admission } from "../../internal/admission.js";
import { MapInput } from "../../map/map-input.js";
import { columnOf, type Column } from "../../map/column.js";
import { waitWithin } from "../../internal/wait-limits.js";
import type { ResultIterator } from "../../map/result-iterator.js";
import type { TaskOptions } from "../../task-options.js";
import { ArrivedResults, type Ended } from "./arrived-results.js";
import type { SubmissionStack } from "../calls/submission-stacks.js";
import type { ItemListener } from "./map-work.js";
import type { ChunkOutcome } from "../shared/messages.js";
import type { Values } from "../shared/values.js";
import { leaveAlone, monotonicMs } from "../../internal/platform.js";

/** What a map needs of its executor. */
export interface MapHost {
  /** Throws when no more calls are taken. */
  assertAccepting(): void;
  /** Hands in the next item. */
  accept(item: readonly unknown[]): void;
  /** Hands in the items of the column that was taken. */
  acceptAll(): void;
  /** Drops what has not begun. */
  cancel(): void;
}

/**
 * The results of a map whose calls travel in chunks: no future per item, the outcomes are written into place.
 *
 * Items are read against a credit: all of them at once, or with `bufferSize` that many and one more for each result asked
 * for; with `chunkSize` the buffer counts chunks, as Python's does.
 */
export class ChunkedMap<R> implements ResultIterator<R>, ItemListener {
  #host!: MapHost;
  readonly #iterables: readonly unknown[];
  readonly #admission: Admission | undefined;
  /** Undefined where all items were taken as a column. */
  #input: MapInput<unknown[]> | undefined;
  readonly #options: TaskOptions;
  readonly #startedAt = monotonicMs();
  readonly #results: ArrivedResults<R>;
  /** Calls of `next()` that came before their results, in order. */
  readonly #waiting = new Set<(end: Ended<R> | undefined) => void>();
  /** How many items were taken in one step. */
  #column: number | undefined;
  #accepted = 0;
  #inputFailure: { error: unknown } | undefined;
  #closed = false;

  /**
   * @param admission - Keeps the queue within its limit, where there is one.
   * @param submission - Where the map was submitted.
   */
  constructor(
    iterables: readonly unknown[],
    options: TaskOptions,
    admission: Admission | undefined,
    submission: SubmissionStack | undefined,
  ) {
    this.#iterables = iterables;
    this.#admission = admission;
    this.#options = options;
    this.#results = new ArrivedResults(options.ordered ?? true, submission);
  }

  /** Takes all items in one step; undefined where they have to be read one by one. Before `start()`. */
  takeColumn(): Column | undefined {
    if (this.#options.bufferSize !== undefined || this.#admission !== undefined) return undefined;
    const column = columnOf(this.#iterables);
    this.#column = column?.length;
    return column;
  }

  /** Begins to read. @throws What the input throws, when it is read at once. */
  start(host: MapHost): this {
    this.#host = host;
    if (this.#column !== undefined) {
      this.#accepted = this.#column;
      host.acceptAll();
      return this;
    }
    const { bufferSize, chunkSize = 1 } = this.#options;
    const credit = bufferSize === undefined ? Infinity : bufferSize * chunkSize;
    this.#input = new MapInput(this.#iterables, credit, this.#admission, {
      item: (item) => {
        host.assertAccepting();
        this.#accepted += 1;
        host.accept(item);
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

  outcomes(first: number, outcome: ChunkOutcome<Values>): void {
    if (this.#closed) return;
    this.#results.add(first, outcome);
    this.#serve();
  }

  allFailed(first: number, count: number, reason: unknown): void {
    if (this.#closed) return;
    this.#results.addFailure(first, count, reason);
    this.#serve();
  }

  next(): Promise<IteratorResult<R, undefined>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    this.#input?.readOneMore();
    if (this.#waiting.size === 0) {
      const end = this.#results.take();
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
        if (!buffered && this.#waiting.size === 0) this.#results.drain(results);
      }
    } catch (error) {
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
      if (!this.#results.hasNext && !this.#exhausted()) return;
      // First, as to rebuild an error may run code of users, which may ask for the next one.
      this.#waiting.delete(waiter);
      waiter(this.#results.take() ?? this.#inputError());
    }
  }

  #exhausted(): boolean {
    return this.#closed || ((this.#input?.ended ?? true) && this.#results.taken === this.#accepted);
  }

  /** The error of the input stands where the next result would, once. */
  #inputError(): { error: unknown } | undefined {
    const failure = this.#closed ? undefined : this.#inputFailure;
    this.#inputFailure = undefined;
    return failure;
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#input?.stop();
    this.#host.cancel();
    this.#results.clear();
    this.#serve();
    await this.#input?.close();
  }

  #closeQuietly(): void {
    leaveAlone(this.#close());
  }
}

function deliver<R>(end: Ended<R>): Promise<IteratorResult<R, undefined>> {
  return "error" in end
    ? Promise.reject(end.error)
    : Promise.resolve({ done: false, value: end.value });
}
