/** What a task of an executor of @concur/pool can know of its call, as far as waits need it. */
interface TaskSignals {
  readonly signal: AbortSignal;
  readonly throwIfAborted: () => void;
}

/** Where @concur/pool keeps the call at hand: this package does not import it. */
const key = Symbol.for("@concur/pool.current-call");

const shared = globalThis as {
  [key]?: { getStore(): { context(): TaskSignals } | undefined };
};

/** Gives the task that the code at hand belongs to, if it is one of @concur/pool. */
export function currentTask(): TaskSignals | undefined {
  return shared[key]?.getStore()?.context();
}
