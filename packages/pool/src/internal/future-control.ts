import type { Future } from "../future.js";

/** What the executor behind a future does when its user wants the call stopped. */
export interface FutureOwner {
  /** Takes back a call that has not begun; false when it has. */
  cancel(): boolean;
  /** Says whether a call that was never reported as started has begun all the same, where that can be looked up. */
  begun?(): boolean;
  /** Begins to stop a call that runs; false when nothing can stop it. */
  abort(reason: unknown): boolean;
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
