import {
  AsyncExecutor,
  InlineExecutor,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  type Executor,
} from "@concur/pool";

/** The kinds of executors, from the simplest to the one that is farthest away. */
export const EXECUTOR_KINDS = ["inline", "async", "thread", "process"] as const;

/** One of {@link EXECUTOR_KINDS}. */
export type ExecutorKind = (typeof EXECUTOR_KINDS)[number];

/** Tells whether a word names a kind of executor. */
export function isExecutorKind(word: string): word is ExecutorKind {
  return EXECUTOR_KINDS.some((kind) => kind === word);
}

/**
 * Makes an executor: the one place that knows the classes.
 *
 * @param workers - How many calls run at a time; the executor's own default without it. An inline executor has no choice.
 */
export function createExecutor(kind: ExecutorKind, workers?: number): Executor {
  const options = workers === undefined ? {} : { maxWorkers: workers };
  switch (kind) {
    case "inline":
      return new InlineExecutor();
    case "async":
      return new AsyncExecutor(options);
    case "thread":
      return new ThreadPoolExecutor(options);
    case "process":
      return new ProcessPoolExecutor(options);
  }
}
