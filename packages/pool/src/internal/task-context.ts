import { AsyncLocalStorage } from "node:async_hooks";

/** What a task can know of its own call: see `currentTask()`. */
export interface TaskContext {
  /** Aborts when the call should stop: its future was aborted, or its `timeoutMs` ran out. */
  readonly signal: AbortSignal;
  /** Throws the signal's reason when the call should stop. */
  readonly throwIfAborted: () => void;
  /**
   * Sends a value to the listeners of `future.onProgress()`. None is left out: each takes memory, about half a kilobyte and
   * its own size, until the caller's event loop has read it. So a loop that reports faster than the caller reads should
   * report only now and then, as by time; a generator that is read by `stream()` waits for its reader instead.
   */
  readonly report: (progress: unknown) => void;
  /** The name given by `with({ name })`, or else the task's own. */
  readonly name: string;
  /** Which worker runs the call; 0 stands for the executor's own thread. */
  readonly workerId: number;
}

/** A call's context, the executor it belongs to, and whether it still runs. */
export interface CurrentCall {
  context(): TaskContext;
  readonly executor: object;
  running(): boolean;
}

const key = Symbol.for("@concur/pool.current-call");

/** Finds the call that the code at hand belongs to. */
export interface CallStore {
  getStore(): CurrentCall | undefined;
  run<R>(call: CurrentCall, body: () => R): R;
}

/** One store for the whole thread: a task may load the other copy (ESM or CommonJS) of this package. */
const shared = globalThis as { [key]?: CallStore };

/** Makes `currentTask()` and the executors of this thread use a store: a worker has one of its own. */
export function installCallStore(store: CallStore): void {
  shared[key] = store;
}

/** Gives the store of this thread. */
export function callStore(): CallStore {
  const store = shared[key];
  if (store !== undefined) return store;
  const created = new AsyncLocalStorage<CurrentCall>();
  shared[key] = created;
  return created;
}
