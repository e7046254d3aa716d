import * as pool from "@concur/pool";

/** The kinds of executors, from the simplest to the one that is farthest away. */
export const EXECUTOR_KINDS = ["inline", "async", "thread", "process"] as const;

/** One of {@link EXECUTOR_KINDS}. */
export type ExecutorKind = (typeof EXECUTOR_KINDS)[number];

/** Thrown when the installed @concur/pool has no executor of the kind that is asked for. */
export class MissingExecutorError extends Error {
  override readonly name = "MissingExecutorError";

  constructor() {
    super("this version of @concur/pool has no ProcessPoolExecutor; take --executor thread");
  }
}

/** Tells whether a word names a kind of executor. */
export function isExecutorKind(word: string): word is ExecutorKind {
  return EXECUTOR_KINDS.some((kind) => kind === word);
}

/** The pool of processes, which not every version of the package has. */
function processPool(): new (options: { maxWorkers?: number }) => pool.Executor {
  const { ProcessPoolExecutor } = pool as {
    ProcessPoolExecutor?: new (options: { maxWorkers?: number }) => pool.Executor;
  };
  if (ProcessPoolExecutor === undefined) throw new MissingExecutorError();
  return ProcessPoolExecutor;
}

/**
 * Makes an executor: the one place that knows the classes.
 *
 * @param workers - How many calls run at a time; the executor's own default without it. An inline executor has no choice.
 */
export function createExecutor(kind: ExecutorKind, workers?: number): pool.Executor {
  const options = workers === undefined ? {} : { maxWorkers: workers };
  switch (kind) {
    case "inline":
      return new pool.InlineExecutor();
    case "async":
      return new pool.AsyncExecutor(options);
    case "thread":
      return new pool.ThreadPoolExecutor(options);
    case "process":
      return new (processPool())(options);
  }
}
