export { asCompleted, type CompletionIterator } from "./as-completed.js";
export { AsyncExecutor, type AsyncExecutorOptions } from "./async-executor.js";
export { registerError } from "./codec/register-error.js";
export {
  BrokenExecutorError,
  CancelledError,
  ConcurError,
  DeadlockError,
  ExecutorShutdownError,
  InvalidStateError,
  isConcurError,
  QueueFullError,
  RemoteError,
  SerializationError,
  TimeoutError,
  WorkerCrashedError,
  type ConcurErrorCode,
  type WorkerCrashDetails,
} from "./errors.js";
export type { ContextCarrier } from "./engine/pool-options.js";
export type { ConsoleLine } from "./engine/workers/console-lines.js";
export { Executor, type ExecutorStats, type ShutdownOptions } from "./executor.js";
export type { ItemOf, Streamable, StreamIterator } from "./streams/stream.js";
export { Future, type BlockingLimits, type FutureState } from "./future.js";
export { InlineExecutor, type InlineExecutorOptions } from "./inline-executor.js";
export type { CallTrace, WorkerTrace } from "./tracing.js";
export type { WaitLimits } from "./internal/wait-limits.js";
export { ProcessPoolExecutor, type ProcessPoolExecutorOptions } from "./process-pool-executor.js";
export type { AnyIterable, ResultIterator } from "./map/result-iterator.js";
export type { FunctionSubmitter, IterablesOf, Submitter } from "./submitter.js";
export {
  defineTasks,
  importTasks,
  inlineTask,
  type Task,
  type InlineSource,
  type TaskReference,
  type TaskSource,
  type TasksOf,
} from "./task.js";
export type { TaskOptions } from "./task-options.js";
export {
  ALL_COMPLETED,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  wait,
  type ReturnWhen,
  type WaitOptions,
  type WaitResult,
} from "./wait.js";
export { withExecutor } from "./with-executor.js";

export { ThreadPoolExecutor, type ThreadPoolExecutorOptions } from "./thread-pool-executor.js";
