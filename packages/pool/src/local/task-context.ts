import { AsyncLocalStorage } from "node:async_hooks";

/** What a task can know of its own call: see `currentTask()`. */
export interface TaskContext {
  /** Aborts when the call should stop: its future was aborted, or its `timeoutMs` ran out. */
  readonly signal: AbortSignal;
  /** Throws the signal's reason when the call should stop. */
  readonly throwIfAborted: () => void;
  /** Sends a value to the listeners of `future.onProgress()`. */
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

/** Knows which call the code at hand belongs to. */
export const currentCall: AsyncLocalStorage<CurrentCall> = sharedStore();

/** Gives the one store of the process: a task may load the other copy (ESM or CommonJS) of this package. */
function sharedStore(): AsyncLocalStorage<CurrentCall> {
  const shared = globalThis as { [key]?: AsyncLocalStorage<CurrentCall> };
  let store = shared[key];
  store ??= new AsyncLocalStorage();
  shared[key] = store;
  return store;
}
