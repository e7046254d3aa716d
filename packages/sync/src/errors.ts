/** The codes of this package's errors: match on these, they do not change within a major version. */
export type SyncErrorCode =
  | "CONCUR_TIMEOUT"
  | "CONCUR_DEADLOCK"
  | "CONCUR_BROKEN_BARRIER"
  | "CONCUR_QUEUE_CLOSED"
  | "CONCUR_INVALID_STATE"
  | "CONCUR_NOT_SERIALIZABLE";

/**
 * Is the base of every error that this package makes. Match on `code`.
 *
 * @example
 * new QueueClosedError("the queue is closed") instanceof SyncError; // => true
 */
export abstract class SyncError extends Error {
  abstract readonly code: SyncErrorCode;
}

/**
 * Says that a wait took longer than its `timeoutMs`. Python's methods return `False` then, those of `queue` raise `Empty` or `Full`.
 *
 * @example
 * new Lock().acquireSync().release(); // in time
 * const error = await new Event().wait({ timeoutMs: 1 }).catch((reason) => reason);
 * [error.name, error.code]; // => ["TimeoutError", "CONCUR_TIMEOUT"]
 */
export class TimeoutError extends SyncError {
  readonly code = "CONCUR_TIMEOUT";
}

/**
 * Says that a wait could never end: the thread would wait for itself.
 *
 * @example
 * const lock = new Lock();
 * const guard = lock.acquireSync();
 * try {
 *   lock.acquireSync();
 * } catch (error) {
 *   error instanceof DeadlockError; // => true
 * }
 * guard.release();
 */
export class DeadlockError extends SyncError {
  readonly code = "CONCUR_DEADLOCK";
}

/**
 * Says that a barrier was broken: one of its parties gave up, died, or called `abort()` or `reset()`. Python's `BrokenBarrierError`.
 *
 * @example
 * const barrier = new Barrier(2);
 * barrier.abort();
 * const error = await barrier.wait().catch((reason) => reason);
 * error instanceof BrokenBarrierError; // => true
 */
export class BrokenBarrierError extends SyncError {
  readonly code = "CONCUR_BROKEN_BARRIER";
}

/**
 * Says that a queue takes nothing any more, or that nothing will come. Python's `queue.ShutDown`.
 *
 * @example
 * const queue = new Queue();
 * queue.close();
 * const error = await queue.get().catch((reason) => reason);
 * error.code; // => "CONCUR_QUEUE_CLOSED"
 */
export class QueueClosedError extends SyncError {
  readonly code = "CONCUR_QUEUE_CLOSED";
}

/**
 * Says that something was asked for in a state that does not allow it, such as waiting on a condition without its lock.
 *
 * @example
 * const condition = new Condition();
 * try {
 *   condition.notify();
 * } catch (error) {
 *   error instanceof InvalidStateError; // => true
 * }
 */
export class InvalidStateError extends SyncError {
  readonly code = "CONCUR_INVALID_STATE";
}

/**
 * Says that a value cannot go through a queue.
 *
 * @example
 * const error = await new Queue().put(() => 0).catch((reason) => reason);
 * error instanceof SerializationError; // => true
 */
export class SerializationError extends SyncError {
  readonly code = "CONCUR_NOT_SERIALIZABLE";
}

// On the prototypes, as those of the built-in errors: minifiers rename classes, and an own property would be printed.
const classes: Record<string, { prototype: SyncError }> = {
  SyncError,
  TimeoutError,
  DeadlockError,
  BrokenBarrierError,
  QueueClosedError,
  InvalidStateError,
  SerializationError,
};
for (const [name, errorClass] of Object.entries(classes)) {
  const descriptor = { value: name, configurable: true };
  Object.defineProperty(errorClass.prototype, "name", { ...descriptor, writable: true });
  Object.defineProperty(errorClass, "name", descriptor);
}
