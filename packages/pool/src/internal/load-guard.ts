/** Knows whether the code at hand belongs to a task's module that this worker loads. */
export interface LoadGuard {
  /** `"program"` where that module is the program itself, also when it has been loaded. */
  loading(): "module" | "program" | undefined;
}

const key = Symbol.for("@concur/pool.load-guard");

/** One for the whole thread: the module may load the other copy (ESM or CommonJS) of this package. */
const shared = globalThis as { [key]?: LoadGuard };

/** Makes the executors of this thread ask a guard; a worker has one before it loads anything. */
export function installLoadGuard(guard: LoadGuard): void {
  shared[key] = guard;
}

/** Gives the guard of this thread; undefined where no worker of an executor runs. */
export function loadGuard(): LoadGuard | undefined {
  return shared[key];
}
