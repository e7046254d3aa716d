/** The codes of this package's errors: match on these, they do not change within a major version. */
export type ConcurErrorCode =
  | "CONCUR_CANCELLED"
  | "CONCUR_TIMEOUT"
  | "CONCUR_INVALID_STATE"
  | "CONCUR_DEADLOCK"
  | "CONCUR_QUEUE_FULL"
  | "CONCUR_SHUTDOWN"
  | "CONCUR_BROKEN"
  | "CONCUR_WORKER_CRASHED"
  | "CONCUR_NOT_SERIALIZABLE"
  | "CONCUR_REMOTE";

/** Marks our errors across the ESM and CommonJS copies of this package, where `instanceof` cannot. */
const brand = Symbol.for("@concur/pool.error");

/**
 * Is the base of every error that this package makes.
 *
 * What a task itself throws is passed on as it is and need not be a ConcurError.
 *
 * @example
 * const error = new CancelledError();
 * error instanceof ConcurError; // => true
 * [error.name, error.code]; // => ["CancelledError", "CONCUR_CANCELLED"]
 */
export abstract class ConcurError extends Error {
  abstract readonly code: ConcurErrorCode;
}

/**
 * Says whether a value is an error made by this package, whichever copy of it made the error.
 *
 * @example
 * isConcurError(new CancelledError()); // => true
 * isConcurError(new Error("no")); // => false
 */
export function isConcurError(value: unknown): value is ConcurError {
  return typeof value === "object" && value !== null && brand in value;
}

/**
 * Says that the call was cancelled before it ended; `cause` is the reason given to `abort()`, if any.
 *
 * @example
 * const future = new AsyncExecutor().submit(() => 42);
 * future.abort("no need");
 * const error = await future.result().catch((reason) => reason);
 * [error.code, error.cause]; // => ["CONCUR_CANCELLED", "no need"]
 */
export class CancelledError extends ConcurError {
  readonly code = "CONCUR_CANCELLED";
  constructor(message = "the call was cancelled", options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * Says that a limit of time ran out: of a wait (the call goes on) or, with the `timeoutMs` of a call, of the
 * call itself. Its name equals that of `AbortSignal.timeout()`'s reason, so one check serves both.
 *
 * @example
 * const future = new AsyncExecutor().submit(() => 42);
 * const error = await future.result({ timeoutMs: 0 }).catch((reason) => reason);
 * [error.name, error.code]; // => ["TimeoutError", "CONCUR_TIMEOUT"]
 */
export class TimeoutError extends ConcurError {
  readonly code = "CONCUR_TIMEOUT";
  /** How many futures were not done, where several were waited for. */
  readonly unfinished: number | undefined;
  /** How many futures were waited for, where several were. */
  readonly total: number | undefined;
  constructor(message: string, counts?: { unfinished: number; total: number }) {
    super(message);
    this.unfinished = counts?.unfinished;
    this.total = counts?.total;
  }
}

/**
 * Says that a future was started or settled twice, or that a function was called where it cannot work.
 *
 * @example
 * const { resolve } = createFuture<number>();
 * resolve(1);
 * try {
 *   resolve(2);
 * } catch (error) {
 *   error instanceof InvalidStateError; // => true
 * }
 */
export class InvalidStateError extends ConcurError {
  readonly code = "CONCUR_INVALID_STATE";
}

/**
 * Says that a blocking wait was refused, as what it would wait for could only be done by the thread that waits.
 *
 * @example
 * try {
 *   new AsyncExecutor().runSync(() => 42);
 * } catch (error) {
 *   error instanceof DeadlockError; // => true
 * }
 */
export class DeadlockError extends ConcurError {
  readonly code = "CONCUR_DEADLOCK";
}

/**
 * Says that the queue of an executor is at its `maxQueue`.
 *
 * @example
 * new QueueFullError("100 calls are waiting already").code; // => "CONCUR_QUEUE_FULL"
 */
export class QueueFullError extends ConcurError {
  readonly code = "CONCUR_QUEUE_FULL";
}

/**
 * Is thrown by `submit()` and `map()` after `shutdown()`.
 *
 * @example
 * const executor = new AsyncExecutor();
 * await executor.shutdown();
 * try {
 *   executor.submit(() => 42);
 * } catch (error) {
 *   error instanceof ExecutorShutdownError; // => true
 * }
 */
export class ExecutorShutdownError extends ConcurError {
  readonly code = "CONCUR_SHUTDOWN";
  constructor(message = "cannot schedule new futures after shutdown", options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * Says that the executor can run nothing any more, or was ended by force while the call ran.
 *
 * @example
 * const executor = new InlineExecutor();
 * const future = executor.submit(() => new Promise(() => undefined));
 * await executor.terminateWorkers();
 * (await future.exception()) instanceof BrokenExecutorError; // => true
 */
export class BrokenExecutorError extends ConcurError {
  readonly code: "CONCUR_BROKEN" | "CONCUR_WORKER_CRASHED" = "CONCUR_BROKEN";
}

/** What is known of a worker's death. */
export interface WorkerCrashDetails {
  exitCode?: number | undefined;
  signal?: string | undefined;
  workerId: number;
  /** Whether the call had begun: `'unknown'` where it was sent and never answered. */
  started: true | "unknown";
  cause?: unknown;
}

/**
 * Says that the worker that ran the call died.
 *
 * @example
 * const error = new WorkerCrashedError("it exited with 9", { exitCode: 9, workerId: 1, started: true });
 * error instanceof BrokenExecutorError; // => true
 * error.exitCode; // => 9
 */
export class WorkerCrashedError extends BrokenExecutorError {
  override readonly code = "CONCUR_WORKER_CRASHED";
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly workerId: number;
  readonly started: true | "unknown";
  constructor(message: string, details: WorkerCrashDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.exitCode = details.exitCode;
    this.signal = details.signal;
    this.workerId = details.workerId;
    this.started = details.started;
  }
}

/**
 * Says that an argument or a result cannot cross to or from a worker, and names it: `args[1].onClick is a function`.
 *
 * @example
 * new SerializationError("args[1].onClick is a function").code; // => "CONCUR_NOT_SERIALIZABLE"
 */
export class SerializationError extends ConcurError {
  readonly code = "CONCUR_NOT_SERIALIZABLE";
  /** What was being sent: the arguments, or what the task returned or threw. */
  readonly phase: "arguments" | "result" | "error" | undefined;
  /** Where the culprit is, such as `args[1].onClick`, if it was found. */
  readonly path: string | undefined;
  constructor(
    message: string,
    details?: {
      phase: "arguments" | "result" | "error";
      path?: string | undefined;
      cause?: unknown;
    },
  ) {
    super(message, details?.cause === undefined ? undefined : { cause: details.cause });
    this.phase = details?.phase;
    this.path = details?.path;
  }
}

/**
 * Stands for something a task threw that could not be rebuilt on this side.
 *
 * @example
 * new RemoteError("the disk is full", "DiskError").remoteName; // => "DiskError"
 */
export class RemoteError extends ConcurError {
  readonly code = "CONCUR_REMOTE";
  /** The name of what was thrown, as it stood in the worker. */
  readonly remoteName: string;
  constructor(message: string, remoteName: string, options?: ErrorOptions) {
    super(message, options);
    this.remoteName = remoteName;
  }
}

Object.defineProperty(ConcurError.prototype, brand, { value: true });

// The names stand on the prototypes, as those of the built-in errors do: minifiers rename classes, and an
// own property would be printed with each error.
const classes: Record<string, { prototype: ConcurError }> = {
  ConcurError,
  CancelledError,
  TimeoutError,
  InvalidStateError,
  DeadlockError,
  QueueFullError,
  ExecutorShutdownError,
  BrokenExecutorError,
  WorkerCrashedError,
  SerializationError,
  RemoteError,
};
for (const [name, errorClass] of Object.entries(classes)) {
  const descriptor = { value: name, configurable: true };
  Object.defineProperty(errorClass.prototype, "name", { ...descriptor, writable: true });
  // The CommonJS build gives classes other names, which users would see when they print one.
  Object.defineProperty(errorClass, "name", descriptor);
}
