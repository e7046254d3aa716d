import { AsyncResource } from "node:async_hooks";
import { TimeoutError } from "./errors.js";
import type { Future } from "./future.js";
import { Turn, type Admission } from "./internal/admission.js";
import { Fifo } from "./internal/fifo.js";
import { waitWithin } from "./internal/wait-limits.js";
import { zip, type ZippedSource } from "./internal/zip.js";
import type { ResultIterator } from "./result-iterator.js";
import type { IterablesOf } from "./submitter.js";
import type { TaskOptions } from "./task-options.js";

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
  return new MapIterator(submit, zip<A>(iterables), options, admission);
}

/** A call, or the error that ended the input where the next call would stand. */
type Slot<R> = { future: Future<R> } | { error: unknown };

class MapIterator<A extends unknown[], R> implements ResultIterator<R> {
  readonly #submit: (args: A) => Future<R>;
  readonly #source: ZippedSource<A>;
  readonly #ordered: boolean;
  readonly #deadlineMs: number | undefined;
  /** Where the input is read: in the async context of whoever called `map`. */
  readonly #context = new AsyncResource("ConcurMap");
  readonly #startedAt = performance.now();
  /** Calls whose results nobody has taken: those that `return()` cancels. */
  readonly #unread = new Set<Future<R>>();
  /** What `next()` hands out: in the order of the input, or else of the ends. */
  #ready = new Fifo<Slot<R>>();
  /** Calls of `next()` that came before their slot. */
  readonly #waiting = new Set<(slot: Slot<R> | undefined) => void>();
  /** Calls of `next()` that are not settled, the oldest first, as what makes them fail. */
  readonly #asked = new Set<(reason: unknown) => void>();
  /** How many more items may be read: the free places of the buffer and one for each result asked for. */
  #credit: number;
  /** Unordered calls that are not done, and so not yet in `#ready`. */
  #notReady = 0;
  #reading = false;
  #inputFailure: { error: unknown } | undefined;
  #inputEnded = false;
  #closed = false;
  readonly #turn: Turn;
  /** Submits what was read and had to wait for its turn. */
  #resume: (() => void) | undefined;

  constructor(
    submit: (args: A) => Future<R>,
    source: ZippedSource<A>,
    {
      bufferSize,
      ordered = true,
      deadlineMs,
    }: Pick<TaskOptions, "bufferSize" | "ordered" | "deadlineMs">,
    admission: Admission | undefined,
  ) {
    this.#submit = submit;
    this.#source = source;
    this.#ordered = ordered;
    this.#deadlineMs = deadlineMs;
    this.#credit = bufferSize ?? Infinity;
    this.#turn = new Turn(admission, () => {
      if (this.#resume === undefined) this.#read();
      else this.#resume();
    });
    this.#read();
    if (bufferSize === undefined && this.#inputFailure !== undefined) {
      this.#closeQuietly();
      throw this.#inputFailure.error;
    }
  }

  next(): Promise<IteratorResult<R, undefined>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    this.#credit += 1;
    if (this.#wantsInput()) this.#context.runInAsyncScope(this.#read, this);
    return waitWithin<IteratorResult<R, undefined>>(
      { timeoutMs: this.#deadlineMs && this.#startedAt + this.#deadlineMs - performance.now() },
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

  /** Reads and submits as far as the credit goes. */
  #read(): void {
    if (this.#reading) return;
    if (this.#source.kind === "async") {
      // It never rejects: what the input throws becomes a slot.
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

  async #readAsync(source: ZippedSource<A> & { kind: "async" }): Promise<void> {
    this.#reading = true;
    while (this.#wantsInput()) {
      this.#credit -= 1;
      try {
        const args = await source.next();
        if (!this.#isClosed()) await this.#acceptInTurn(args);
      } catch (error) {
        this.#endInput({ error });
      }
    }
    this.#reading = false;
    if (this.#isClosed()) this.#closeSource().catch(ignore);
  }

  /** Accepts an item when there is room for it: the one that has been read waits, and no other is. */
  async #acceptInTurn(args: A | undefined): Promise<void> {
    if (args === undefined || this.#turn.take()) {
      this.#accept(args);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#resume = () => {
        this.#resume = undefined;
        try {
          if (!this.#closed && this.#turn.take()) this.#accept(args);
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

  #accept(args: A | undefined): void {
    if (args === undefined) {
      this.#endInput();
      return;
    }
    let future: Future<R>;
    try {
      future = this.#submit(args);
    } catch (error) {
      this.#closeSource().catch(ignore);
      throw error;
    }
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

  #endInput(failure?: { error: unknown }): void {
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    this.#inputFailure = failure;
    this.#finish();
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
    return this.#closed || (this.#inputEnded && this.#notReady === 0);
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
    this.#inputEnded = true;
    this.#ready = new Fifo();
    for (const future of this.#unread) future.cancel();
    this.#unread.clear();
    this.#turn.leave();
    this.#resume?.();
    this.#finish();
    // A read under way may never end, so it closes the source itself, when it does.
    if (!this.#reading) await this.#closeSource();
  }

  /** Closes where nobody waits who could be told of an error in the input's own clean-up. */
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

function ignore(): void {
  // Nothing can be done, and nobody is there to be told.
}
