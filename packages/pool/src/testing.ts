import { futureControl, type Future } from "./future.js";
import type { FutureOwner } from "./internal/future-owner.js";

export type { FutureOwner } from "./internal/future-owner.js";

/** A future and the means to settle it, each a function of its own that can be passed on. */
export interface Deferred<T> {
  readonly future: Future<T>;
  /** Marks the call as running; false when it was cancelled, and must not run. */
  readonly start: () => boolean;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
  /** Settles the future as cancelled from the executor's side, also while it runs. */
  readonly cancel: (reason?: unknown) => void;
  /** Calls the listeners of `onProgress`. */
  readonly progress: (value: unknown) => void;
  /** How many callbacks and waiters the future holds: 0 when nobody leaks. */
  readonly listenerCount: () => number;
}

/**
 * Makes a future that you settle yourself, for tests and for executors of your own. Python's counterparts are
 * `set_running_or_notify_cancel`, `set_result` and `set_exception`.
 *
 * `start`, `resolve`, `reject` and `cancel` throw InvalidStateError when the future is past that.
 *
 * @param owner - What `future.cancel()` and `future.abort()` ask first. Default: a pending call can be cancelled, a
 *   running one not aborted.
 * @example
 * const { future, start, resolve } = createFuture<number>();
 * start();
 * future.running(); // => true
 * resolve(42);
 * future.outcome; // => { status: "fulfilled", value: 42 }
 */
export function createFuture<T>(owner?: Partial<FutureOwner>): Deferred<T> {
  const future = futureControl.create<T>({
    cancel: () => owner?.cancel?.() ?? true,
    abort: (reason) => owner?.abort?.(reason) ?? false,
  });
  return {
    future,
    start: () => futureControl.start(future),
    resolve: (value) => {
      futureControl.resolve(future, value);
    },
    reject: (reason) => {
      futureControl.reject(future, reason);
    },
    cancel: (reason) => {
      futureControl.cancel(future, reason);
    },
    progress: (value) => {
      futureControl.progress(future, value);
    },
    listenerCount: () => futureControl.listenerCount(future),
  };
}
