import { AsyncResource } from "node:async_hooks";
import { isPrimitive, isThenable } from "../internal/kinds.js";
import { describe } from "../internal/validate.js";
import { monotonicMs, setImmediate, whenSettled } from "../internal/platform.js";

/** Items that are ready wait at most about so long for others to go with them. */
const FLUSH_MS = 0.25;
/** The event loop gets a turn after so many milliseconds. */
const TURN_MS = 4;
/** Between two looks at the clock there are so many items at most. */
const LONGEST_STRIDE = 256;

/** Where items go, and who may want them to stop. */
export interface Outlet {
  /** Sends a batch. @throws What stands against it; the items before the culprit have been sent then. */
  send(items: unknown[]): void;
  /**
   * Gives what may wait for the next items in the place of an item that the source may change before it yields them: a
   * copy. Undefined where the item must be sent before.
   */
  keep(item: unknown): unknown;
  /** Aborts when no more is wanted. */
  readonly signal: AbortSignal;
  /** Throws the signal's reason; also where the loop never lets a message in. */
  throwIfAborted(): void;
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/**
 * The sending end of a stream: draws items from an iterable as far as there is credit, and sends them in batches.
 *
 * It steps by callbacks and not by `await`, because a source that is asked to end may never settle the step that is
 * under way.
 *
 * It is long and one thing: the states between two steps of an iterator.
 */
export class Pump {
  readonly #outlet: Outlet;
  /** Steps run in the async context of the one who started the pump, whoever grants credit. */
  readonly #context = new AsyncResource("ConcurStream");
  #granted: number;
  #sent = 0;
  #batch: unknown[] = [];
  #iterator!: AnyIterator;
  #isAsync = false;
  #settle!: { resolve: (sent: number) => void; reject: (reason: unknown) => void };
  /** Inside a step of a source that cannot be asked to end meanwhile. */
  #stepping = false;
  #pausedForCredit = false;
  #flushScheduled = false;
  #closing = false;
  #ended = false;
  #stride = 1;
  #untilLook = 1;
  #lookedAt = 0;
  #flushedAt = 0;
  #turnAt = 0;

  constructor(outlet: Outlet, granted: number) {
    this.#outlet = outlet;
    this.#granted = granted;
  }

  /** The reader lets so many items in all be sent. */
  grant(total: number): void {
    if (total <= this.#granted) return;
    this.#granted = total;
    if (!this.#pausedForCredit) return;
    this.#pausedForCredit = false;
    this.#context.runInAsyncScope(this.#drive);
  }

  /**
   * Sends all that comes out of a source; settles when it has ended, also where it was asked to.
   *
   * @returns A promise of the number of items, which rejects with what the source threw, with what stood against sending, or with the signal's reason.
   */
  run(source: unknown): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      const { signal } = this.#outlet;
      try {
        this.#outlet.throwIfAborted();
        this.#open(source);
      } catch (error) {
        this.#ended = true;
        reject(error);
        return;
      }
      signal.addEventListener("abort", this.#aborted, { once: true });
      this.#turnAt = this.#flushedAt = this.#lookedAt = monotonicMs();
      this.#drive();
    });
  }

  /** The same with what a generator function gave, which may be a promise of a source. */
  runOf(made: unknown): Promise<number> {
    return isThenable(made) ? this.#runLater(made) : this.run(made);
  }

  async #runLater(made: PromiseLike<unknown>): Promise<number> {
    return this.run(await made);
  }

  /** Sends what waits for more, as far as it can be sent: whoever runs the source ends in the middle of a step. */
  flush(): void {
    try {
      this.#flush();
    } catch {
      // Nobody is left to be told.
    }
  }

  #open(source: unknown): void {
    const iterable = source as
      Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined;
    if (typeof iterable?.[Symbol.asyncIterator] === "function") {
      this.#isAsync = true;
      this.#iterator = (source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    } else if (typeof iterable?.[Symbol.iterator] === "function") {
      this.#iterator = (source as Iterable<unknown>)[Symbol.iterator]();
    } else {
      throw new TypeError(
        `a stream takes what a generator makes, or another iterable, not ${describe(source)}`,
      );
    }
  }

  readonly #aborted = (): void => {
    // A generator that runs cannot be ended; it is looked at after its step.
    if (this.#stepping) return;
    this.#context.runInAsyncScope(() => {
      this.#close(this.#outlet.signal.reason);
    });
  };

  /** Goes on until there is no credit, the source lets wait, or the event loop is due. */
  readonly #drive = (): void => {
    try {
      while (!this.#closing && !this.#ended) {
        if (this.#sent >= this.#granted) {
          this.#pausedForCredit = true;
          this.#flush();
          return;
        }
        if (this.#isAsync) {
          this.#stepAsync();
          return;
        }
        if (!this.#stepSync() || this.#pause()) return;
      }
    } catch (error) {
      this.#close(error);
    }
  };

  /** Draws one item; false when somebody else goes on. */
  #stepSync(): boolean {
    let step: IteratorResult<unknown>;
    this.#stepping = true;
    try {
      step = (this.#iterator as Iterator<unknown>).next();
    } catch (error) {
      this.#end({ error });
      return false;
    } finally {
      this.#stepping = false;
    }
    if (step.done === true) {
      this.#end();
      return false;
    }
    if (this.#outlet.signal.aborted) {
      this.#close(this.#outlet.signal.reason);
      return false;
    }
    if (!isThenable(step.value)) {
      this.#add(step.value);
      return true;
    }
    void whenSettled(step.value, this.#arrived, (error) => {
      this.#close(error);
    });
    this.#flushSoon();
    return false;
  }

  #stepAsync(): void {
    const next = (this.#iterator as AsyncIterator<unknown>).next();
    void whenSettled(next, this.#stepped, this.#failed);
    if (this.#batch.length > 0) this.#flushSoon();
  }

  readonly #stepped = (step: IteratorResult<unknown>): void => {
    if (step.done !== true) this.#arrived(step.value);
    else if (!this.#closing) this.#end();
  };

  readonly #arrived = (value: unknown): void => {
    if (this.#closing || this.#ended) return;
    try {
      this.#add(value);
      if (this.#pause()) return;
    } catch (error) {
      this.#close(error);
      return;
    }
    this.#drive();
  };

  /** The source has thrown: it is over, even while it is asked to end. */
  readonly #failed = (error: unknown): void => {
    this.#end({ error });
  };

  #add(item: unknown): void {
    const kept = isPrimitive(item) ? item : this.#outlet.keep(item);
    this.#batch.push(kept ?? item);
    this.#sent += 1;
    if (kept === undefined && item !== undefined) this.#flush();
  }

  /** Looks at the clock now and then; true when the event loop has its turn before it goes on. */
  #pause(): boolean {
    this.#untilLook -= 1;
    if (this.#untilLook > 0) return false;
    this.#outlet.throwIfAborted();
    const now = monotonicMs();
    // Of a source whose steps are long, or not known yet, each item goes at once: the next may take an hour.
    const goesAlone = this.#stride === 1;
    if (now - this.#lookedAt > FLUSH_MS) this.#stride = 1;
    else if (now - this.#lookedAt < FLUSH_MS / 4) {
      this.#stride = Math.min(this.#stride * 2, LONGEST_STRIDE);
    }
    this.#untilLook = this.#stride;
    this.#lookedAt = now;
    if (goesAlone || now - this.#flushedAt > FLUSH_MS) this.#flush(now);
    if (now - this.#turnAt <= TURN_MS) return false;
    this.#flush(now);
    setImmediate(() => {
      this.#turnAt = monotonicMs();
      this.#drive();
    });
    return true;
  }

  #flush(now = monotonicMs()): void {
    this.#flushedAt = now;
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#outlet.send(batch);
  }

  #flushSoon(): void {
    if (this.#flushScheduled || this.#batch.length === 0) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      if (this.#closing || this.#ended) return;
      try {
        this.#flush();
      } catch (error) {
        this.#close(error);
      }
    });
  }

  /** Asks the source to end before its time, so that its `finally` runs; then it has failed for this reason. */
  #close(reason: unknown): void {
    if (this.#closing || this.#ended) return;
    this.#closing = true;
    let returned: unknown;
    try {
      returned = this.#iterator.return?.();
    } catch (error) {
      this.#end({ error });
      return;
    }
    if (!isThenable(returned)) {
      this.#end({ error: reason });
      return;
    }
    const ended = (): void => {
      this.#end({ error: reason });
    };
    void whenSettled(returned, ended, this.#failed);
  }

  #end(failure?: { error: unknown }): void {
    if (this.#ended) return;
    let end = failure;
    try {
      this.#flush();
    } catch (error) {
      end = { error };
    }
    this.#ended = true;
    this.#outlet.signal.removeEventListener("abort", this.#aborted);
    this.#context.emitDestroy();
    if (end === undefined) this.#settle.resolve(this.#sent);
    else this.#settle.reject(end.error);
  }
}
