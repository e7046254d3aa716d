import { AsyncResource } from "node:async_hooks";
import { inspect } from "node:util";
import { CancelledError, DeadlockError, InvalidStateError, TimeoutError } from "./errors.js";
import { reportCallbackError } from "./internal/callback-error.js";
import type { FutureOwner } from "./internal/future-owner.js";
import { isThenable, kindOf } from "./internal/kinds.js";
import { monotonicMs, whenSettled } from "./internal/platform.js";
import { checkDuration, checkOptionNames } from "./internal/validate.js";
import { checkWaitLimits, waitWithin, type WaitLimits } from "./internal/wait-limits.js";

/** Where a call stands: pending, then running, then finished; or from pending or running to cancelled. */
export type FutureState = "pending" | "running" | "cancelled" | "finished";

const brand = Symbol.for("@concur/pool.future");

/** Tells a Future, whichever copy of this package made it. */
export function isFuture(value: unknown): value is Future<unknown> {
  return typeof value === "object" && value !== null && brand in value;
}

/** The writing side, for executors: kept apart so that the holder of a future can only read. */
export interface FutureControl {
  create<T>(owner?: FutureOwner): Future<T>;
  /** Pending to running; false when the future was cancelled, and the call must not run. */
  start(future: Future<unknown>): boolean;
  resolve<T>(future: Future<T>, value: T): void;
  reject(future: Future<unknown>, reason: unknown): void;
  cancel(future: Future<unknown>, reason: unknown): void;
  progress(future: Future<unknown>, value: unknown): void;
  /**
   * Calls `callback` when the future is done, or at once when it is; returns how to take it back. It must not throw, and runs in
   * whatever async context there is, which is why it costs less than a callback of users.
   */
  whenDone(future: Future<unknown>, callback: () => void): () => void;
  /** How many callbacks and waiters the future holds, for tests of leaks. */
  listenerCount(future: Future<unknown>): number;
}

/** Only this key opens the constructor: a future without an executor behind it would never settle. */
const key = Symbol("future");

let control: FutureControl;

const nothing = (): void => undefined;
const NO_LIMITS: BlockingLimits = {};

/** How long to block, at most. */
export interface BlockingLimits {
  /** Milliseconds from the call; 0 or less looks once and does not wait. Default: no limit. */
  timeoutMs?: number | undefined;
}

/**
 * Stands for one call: its state, and its outcome once there is one. The counterpart of Python's
 * `concurrent.futures.Future`.
 *
 * A future is not a promise and has no `then`: an async generator would unwrap it, and `asCompleted` could not
 * hand it out. `await future.result()` gives the value. A failure that nobody looks at is silent, as in Python.
 *
 * @example
 * const future = new AsyncExecutor().submit((n: number) => n * 2, 21);
 * future.state; // => "pending"
 * await future.result(); // => 42
 * String(future); // => "<Future state=finished returned number>"
 */
export class Future<T> {
  #state: FutureState = "pending";
  #failed = false;
  #value: unknown = undefined;
  #outcome: PromiseSettledResult<T> | undefined;
  #owner: FutureOwner | undefined;
  // Each entry is a function of its own, so that the same callback can be added twice. Most futures have one at
  // most, and a set for it would be the largest part of a call.
  #callbacks: (() => void) | Set<() => void> | undefined;
  #listeners: Set<(value: unknown) => void> | undefined;
  /** The resolvers of the first promise that `result()` made. */
  #resolve: Resolvers["resolve"] | undefined;
  #reject: Resolvers["reject"] | undefined;

  /** Futures are made by executors; for tests there is `createFuture()` in `@concur/pool/testing`. */
  private constructor(opener: symbol, owner?: FutureOwner) {
    if (opener !== key) {
      throw new TypeError(
        "futures are made by executors: call submit(), or createFuture() of @concur/pool/testing",
      );
    }
    this.#owner = owner;
  }

  /** The state of the call at this moment. */
  get state(): FutureState {
    if (this.#state === "pending" && this.#owner?.hasBegun?.()) this.#state = "running";
    return this.#state;
  }

  /** What `result()` will settle with, or undefined as long as the call is not done. */
  get outcome(): PromiseSettledResult<T> | undefined {
    if (!this.done()) return undefined;
    this.#outcome ??= this.#failed
      ? { status: "rejected", reason: this.#reason() }
      : { status: "fulfilled", value: this.#value as T };
    return this.#outcome;
  }

  /**
   * Cancels the call if it has not begun.
   *
   * @returns true when the call will never run (also when it was cancelled before), false when it runs or is finished.
   */
  cancel(): boolean {
    if (this.state === "pending" && (this.#owner?.cancel() ?? true)) {
      this.#settle("cancelled", true, undefined);
    }
    return this.cancelled();
  }

  /**
   * Stops the call: at once when it has not begun; otherwise its `currentTask().signal` aborts, and when it has
   * not ended after the grace (`killAfterMs`) it is given up.
   *
   * The future is then cancelled, with `reason` as the cause of its CancelledError; a call that ends with a value
   * or an error of its own in spite of the signal keeps that.
   *
   * @returns true when the call is stopped or asked to stop, false when it was finished.
   */
  abort(reason?: unknown): boolean {
    const why: unknown = reason === undefined ? AbortSignal.abort().reason : reason;
    if (this.state === "pending" && (this.#owner?.cancel() ?? true)) {
      this.#settle("cancelled", true, why);
    }
    if (this.done()) return this.cancelled();
    return this.#owner?.abort(why) ?? false;
  }

  /** Says whether the call was cancelled. A call that failed, with whatever error, was not. */
  cancelled(): boolean {
    return this.#state === "cancelled";
  }

  /** Says whether the call has begun and not ended. */
  running(): boolean {
    return this.state === "running";
  }

  /** Says whether the call is finished or cancelled. */
  done(): boolean {
    return this.#state === "finished" || this.#state === "cancelled";
  }

  /**
   * Promises the call's value.
   *
   * @param limits.timeoutMs - Milliseconds from here; 0 or less does not wait. The call goes on when they run out.
   * @param limits.signal - Ends the waiting with its reason; the call goes on.
   * @throws {TypeError | RangeError} At the call, for bad limits.
   * @returns A promise that rejects with what the task threw, with CancelledError, or with TimeoutError.
   */
  result(limits?: WaitLimits): Promise<T> {
    if (limits === undefined) return this.#promise();
    checkWaitLimits("result()", limits);
    return this.#whenDone(limits, (resolve, reject) => {
      if (this.#failed) reject(this.#reason());
      else resolve(this.#value as T);
    });
  }

  /**
   * Waits for the call's value by blocking, as Python's `result()` does: this thread and its event loop stand still until then.
   *
   * It is for code that cannot be async, such as plugins and loaders of configuration; a server must never do so. It waits for calls
   * of a ThreadPoolExecutor of this thread, and what is done needs no waiting. Several calls go on at once while one of them is waited for. Those
   * that end meanwhile settle, and their done callbacks run before this returns; what awaits their promises goes on afterwards.
   *
   * @param limits.timeoutMs - Milliseconds from here; 0 or less does not wait. The call goes on when they run out.
   * @throws What the task threw, CancelledError, or TimeoutError.
   * @throws {DeadlockError} When the call could only be done by this thread: that of an executor of this event loop, of processes, or one that
   *   reads an async iterable of this thread.
   * @throws {TypeError | RangeError} For bad limits.
   */
  resultSync(limits: BlockingLimits = NO_LIMITS): T {
    const { timeoutMs } = limits;
    if (limits !== NO_LIMITS) {
      checkOptionNames("resultSync()", limits, ["timeoutMs"]);
      if (timeoutMs !== undefined) checkDuration("timeoutMs", timeoutMs);
    }
    if (!this.done()) this.#block(timeoutMs ?? Infinity);
    if (!this.done()) throw new TimeoutError(`the call was not done within ${timeoutMs} ms`);
    if (this.#failed) throw this.#reason();
    return this.#value as T;
  }

  /**
   * Promises what the call threw, or undefined when it succeeded.
   *
   * Since a task may throw undefined, `outcome` is the way to tell the two apart. Limits as for `result()`.
   *
   * @returns A promise that rejects with CancelledError when the call was cancelled, and with TimeoutError.
   */
  exception(limits: WaitLimits = {}): Promise<unknown> {
    checkWaitLimits("exception()", limits);
    return this.#whenDone<unknown>(limits, (resolve, reject) => {
      if (this.cancelled()) reject(this.#reason());
      else resolve(this.#failed ? this.#value : undefined);
    });
  }

  /**
   * Calls `fn` with this future once it is done, or at once when it is already.
   *
   * Callbacks run in the order they were added, each in the async context in which it was added, inside the event that
   * settles the future, before any promise made by `result()` goes on. What they throw or reject with becomes a process warning and stops nothing.
   *
   * @returns The function that takes the callback away.
   */
  addDoneCallback(fn: (future: Future<T>) => unknown): () => void {
    if (typeof fn !== "function") throw new TypeError("addDoneCallback() takes a function");
    if (this.done()) {
      this.#call(fn, this);
      return () => undefined;
    }
    const context = new AsyncResource("ConcurCallback");
    const callback = (): void => {
      context.runInAsyncScope(() => {
        this.#call(fn, this);
      });
    };
    this.#whenSettled(callback);
    return () => {
      this.#forget(callback);
    };
  }

  /**
   * Calls `fn`, in the async context of here, with each value that the task gives to `currentTask().report()` from now on.
   *
   * @returns The function that takes the listener away.
   */
  onProgress(fn: (value: unknown) => unknown): () => void {
    if (typeof fn !== "function") throw new TypeError("onProgress() takes a function");
    if (this.done()) return () => undefined;
    const listeners = (this.#listeners ??= new Set());
    const context = new AsyncResource("ConcurListener");
    const entry = (value: unknown): void => {
      context.runInAsyncScope(() => {
        this.#call(fn, value);
      });
    };
    listeners.add(entry);
    return () => {
      listeners.delete(entry);
    };
  }

  /** Prints like Python's: class, state, and the kind of the value or error. */
  toString(): string {
    const end =
      this.state !== "finished"
        ? ""
        : ` ${this.#failed ? "raised" : "returned"} ${kindOf(this.#value)}`;
    return `<Future state=${this.#state}${end}>`;
  }

  get [Symbol.toStringTag](): string {
    return "Future";
  }

  [inspect.custom](): string {
    return this.toString();
  }

  #block(timeoutMs: number): void {
    const owner = this.#owner;
    if (owner?.block !== undefined) {
      owner.block(timeoutMs === Infinity ? Infinity : monotonicMs() + timeoutMs);
    } else if (timeoutMs > 0) {
      throw new DeadlockError(
        "only this thread can settle the call, and it would stand still: await result()",
      );
    }
  }

  /** Does what `result()` does without limits, which nearly all calls do, at the cost of one promise. */
  #promise(): Promise<T> {
    if (this.done()) {
      return this.#failed ? Promise.reject(this.#reason()) : Promise.resolve(this.#value as T);
    }
    if (this.#resolve !== undefined) {
      return new Promise((resolve, reject) => {
        this.#whenSettled(() => {
          if (this.#failed) reject(this.#reason());
          else resolve(this.#value as T);
        });
      });
    }
    // A shared executor and two fields instead of three closures: of many calls at once this is a good part.
    const promise = new Promise<T>(takeResolvers);
    this.#resolve = taken.resolve;
    this.#reject = taken.reject;
    return promise;
  }

  #whenDone<R>(
    limits: WaitLimits,
    deliver: (resolve: (value: R) => void, reject: (reason: unknown) => void) => void,
  ): Promise<R> {
    return waitWithin<R>(
      limits,
      (resolve, reject) => {
        if (!this.done()) {
          const callback = (): void => {
            deliver(resolve, reject);
          };
          this.#whenSettled(callback);
          return () => {
            this.#forget(callback);
          };
        }
        deliver(resolve, reject);
        return () => undefined;
      },
      (_resolve, reject) => {
        reject(new TimeoutError(`the call was not done within ${limits.timeoutMs} ms`));
      },
    );
  }

  /** What `result()` rejects with: made only when somebody looks, as most cancelled futures are never asked. */
  #reason(): unknown {
    if (this.#state === "cancelled" && !(this.#value instanceof CancelledError)) {
      const cause = this.#value;
      this.#value = new CancelledError(undefined, cause === undefined ? undefined : { cause });
    }
    return this.#value;
  }

  #settle(state: "finished" | "cancelled", failed: boolean, value: unknown): void {
    if (this.done()) throw new InvalidStateError(`${this.toString()} is done already`);
    this.#state = state;
    this.#failed = failed;
    this.#value = value;
    const callbacks = this.#callbacks;
    this.#listeners = undefined;
    this.#owner = undefined;
    if (typeof callbacks === "function") callbacks();
    // A callback that another one removes meanwhile is not called: the loop reads the set as it is then.
    else if (callbacks !== undefined) for (const callback of callbacks) callback();
    this.#callbacks = undefined;
    if (this.#resolve === undefined) return;
    if (failed) this.#reject?.(this.#reason());
    else this.#resolve(value as never);
    this.#resolve = undefined;
    this.#reject = undefined;
  }

  #whenSettled(callback: () => void): void {
    if (this.#callbacks === undefined) this.#callbacks = callback;
    else if (typeof this.#callbacks === "function") {
      this.#callbacks = new Set([this.#callbacks, callback]);
    } else this.#callbacks.add(callback);
  }

  #forget(callback: () => void): void {
    if (this.#callbacks === callback) this.#callbacks = undefined;
    else if (typeof this.#callbacks === "object") this.#callbacks.delete(callback);
  }

  #call<V>(fn: (value: V) => unknown, value: V): void {
    try {
      const returned = fn(value);
      if (isThenable(returned)) {
        void whenSettled(returned, nothing, (error) => {
          reportCallbackError(this.toString(), error);
        });
      }
    } catch (error) {
      reportCallbackError(this.toString(), error);
    }
  }

  static {
    // `this` and not the class's name: esbuild renames a class that speaks of itself, and users see the name.
    Object.defineProperty(this.prototype, brand, { value: true });
    control = {
      create: (owner) => new this(key, owner),
      start(future) {
        if (future.#state === "cancelled") return false;
        if (future.#state !== "pending") {
          throw new InvalidStateError(`${future.toString()} cannot start`);
        }
        future.#state = "running";
        return true;
      },
      resolve(future, value) {
        future.#settle("finished", false, value);
      },
      reject(future, reason) {
        future.#settle("finished", true, reason);
      },
      cancel(future, reason) {
        future.#settle("cancelled", true, reason);
      },
      progress(future, value) {
        for (const listener of future.#listeners ?? []) listener(value);
      },
      whenDone(future, callback) {
        if (future.done()) callback();
        else future.#whenSettled(callback);
        return () => {
          future.#forget(callback);
        };
      },
      listenerCount(future) {
        const callbacks = future.#callbacks;
        const count = typeof callbacks === "function" ? 1 : (callbacks?.size ?? 0);
        return count + (future.#resolve === undefined ? 0 : 1) + (future.#listeners?.size ?? 0);
      },
    };
  }
}

interface Resolvers {
  resolve: (value: never) => void;
  reject: (reason: unknown) => void;
}
const taken: Resolvers = { resolve: () => undefined, reject: () => undefined };
function takeResolvers(resolve: Resolvers["resolve"], reject: Resolvers["reject"]): void {
  taken.resolve = resolve;
  taken.reject = reject;
}

/** Gives executors the writing side of futures. */
export const futureControl: FutureControl = control;
