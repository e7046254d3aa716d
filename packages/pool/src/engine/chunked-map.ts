import { AsyncResource } from "node:async_hooks";
import { TimeoutError } from "../errors.js";
import { Turn, type Admission } from "../internal/admission.js";
import { waitWithin } from "../internal/wait-limits.js";
import { zip, type ZippedSource } from "../internal/zip.js";
import type { ResultIterator } from "../result-iterator.js";
import type { TaskOptions } from "../task-options.js";
import { ArrivedResults, type Ended } from "./arrived-results.js";
import type { ItemListener } from "./map-work.js";
import type { ChunkOutcome } from "./shared/messages.js";

/** What a map needs of its executor. */
export interface MapHost {
  /** Keeps the queue within its limit, where there is one. */
  readonly admission: Admission | undefined;
  /** Throws when no more calls are taken. */
  assertAccepting(): void;
  /** Hands in the next item. */
  accept(item: readonly unknown[]): void;
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
  readonly #source: ZippedSource<unknown[]>;
  readonly #options: TaskOptions;
  /** Where the input is read: in the async context of whoever called `map`. */
  readonly #context = new AsyncResource("ConcurMap");
  readonly #startedAt = performance.now();
  readonly #results: ArrivedResults<R>;
  /** Calls of `next()` that came before their results, in order. */
  readonly #waiting = new Set<(end: Ended<R> | undefined) => void>();
  #accepted = 0;
  #credit: number;
  #reading = false;
  #inputFailure: { error: unknown } | undefined;
  #inputEnded = false;
  #closed = false;
  #turn!: Turn;
  /** Hands in what was read and had to wait for its turn. */
  #resume: (() => void) | undefined;

  constructor(iterables: readonly unknown[], options: TaskOptions) {
    this.#source = zip(iterables);
    this.#options = options;
    this.#results = new ArrivedResults(options.ordered ?? true);
    const { bufferSize, chunkSize = 1 } = options;
    this.#credit = bufferSize === undefined ? Infinity : bufferSize * chunkSize;
  }

  /** Begins to read. @throws What the input throws, when it is read at once. */
  start(host: MapHost): this {
    this.#host = host;
    this.#turn = new Turn(host.admission, () => {
      if (this.#resume === undefined) this.#read();
      else this.#resume();
    });
    this.#read();
    if (this.#options.bufferSize === undefined && this.#inputFailure !== undefined) {
      const { error } = this.#inputFailure;
      this.#closeQuietly();
      throw error;
    }
    return this;
  }

  outcomes(first: number, outcome: ChunkOutcome): void {
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
    this.#credit += 1;
    if (this.#wantsInput()) this.#context.runInAsyncScope(this.#read, this);
    if (this.#waiting.size === 0) {
      const end = this.#results.take();
      if (end !== undefined) return deliver(end);
    }
    const { deadlineMs } = this.#options;
    let own: ((end: Ended<R> | undefined) => void) | undefined;
    return waitWithin<IteratorResult<R, undefined>>(
      { timeoutMs: deadlineMs && this.#startedAt + deadlineMs - performance.now() },
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
    try {
      for await (const result of this) {
        results.push(result);
        // What is there already needs no promise each, where no credit has to be counted.
        if (this.#credit === Infinity && this.#waiting.size === 0) this.#results.drain(results);
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
      const end = this.#results.take();
      if (end === undefined && !this.#exhausted()) return;
      this.#waiting.delete(waiter);
      waiter(end ?? this.#inputError());
    }
  }

  #exhausted(): boolean {
    return this.#closed || (this.#inputEnded && this.#results.taken === this.#accepted);
  }

  /** The error of the input stands where the next result would, once. */
  #inputError(): { error: unknown } | undefined {
    const failure = this.#closed ? undefined : this.#inputFailure;
    this.#inputFailure = undefined;
    return failure;
  }

  #read(): void {
    if (this.#reading) return;
    if (this.#source.kind === "async") {
      // It never rejects: what the input throws is kept.
      void this.#readAsync(this.#source);
      return;
    }
    while (this.#wantsInput() && this.#turn.take()) {
      this.#credit -= 1;
      try {
        this.#accept(this.#source.next());
      } catch (error) {
        this.#endInput({ error });
      }
    }
  }

  async #readAsync(source: ZippedSource<unknown[]> & { kind: "async" }): Promise<void> {
    this.#reading = true;
    while (this.#wantsInput()) {
      this.#credit -= 1;
      try {
        const item = await source.next();
        if (!this.#isClosed()) await this.#acceptInTurn(item);
      } catch (error) {
        this.#endInput({ error });
      }
    }
    this.#reading = false;
    if (this.#isClosed()) this.#closeSource().catch(ignore);
  }

  /** Accepts an item when there is room for it: the one that has been read waits, and no other is. */
  async #acceptInTurn(item: readonly unknown[] | undefined): Promise<void> {
    if (item === undefined || this.#turn.take()) {
      this.#accept(item);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#resume = () => {
        this.#resume = undefined;
        try {
          if (!this.#closed && this.#turn.take()) this.#accept(item);
          resolve();
        } catch (error) {
          reject(error);
        }
      };
    });
  }

  #wantsInput(): boolean {
    return this.#credit > 0 && !this.#inputEnded;
  }

  #accept(item: readonly unknown[] | undefined): void {
    if (item === undefined) {
      this.#endInput();
      return;
    }
    try {
      this.#host.assertAccepting();
    } catch (error) {
      this.#closeSource().catch(ignore);
      throw error;
    }
    this.#accepted += 1;
    this.#host.accept(item);
  }

  #endInput(failure?: { error: unknown }): void {
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    this.#inputFailure = failure;
    this.#serve();
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#inputEnded = true;
    this.#host.cancel();
    this.#turn.leave();
    this.#resume?.();
    this.#results.clear();
    this.#serve();
    // A read under way may never end, so it closes the source itself, when it does.
    if (!this.#reading) await this.#closeSource();
  }

  #closeQuietly(): void {
    this.#close().catch(ignore);
  }

  async #closeSource(): Promise<void> {
    await this.#source.close();
  }

  /** Read through a method, as the compiler believes that awaiting changes nothing. */
  #isClosed(): boolean {
    return this.#closed;
  }
}

function deliver<R>(end: Ended<R>): Promise<IteratorResult<R, undefined>> {
  return "error" in end
    ? Promise.reject(end.error)
    : Promise.resolve({ done: false, value: end.value });
}

function ignore(): void {
  // Nothing can be done, and nobody is there to be told.
}
