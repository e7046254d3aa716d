export { Barrier } from "./barrier.js";
export { Condition } from "./condition.js";
export {
  BrokenBarrierError,
  DeadlockError,
  InvalidStateError,
  QueueClosedError,
  SerializationError,
  SyncError,
  TimeoutError,
  type SyncErrorCode,
} from "./errors.js";
export { Event } from "./event.js";
export type { Guard } from "./guard.js";
export { Lock } from "./lock.js";
export { Queue, type QueueOptions } from "./queue.js";
export { ReadWriteLock } from "./read-write-lock.js";
export { RLock } from "./rlock.js";
export { BoundedSemaphore, Semaphore } from "./semaphore.js";
export { SharedArray } from "./shared-array.js";
export { SharedValue } from "./shared-value.js";
export type { Element, ElementType, ElementViews, View } from "./shared/elements.js";
export type { SyncWaitOptions, WaitOptions } from "./shared/limits.js";
export type { SharedMemory } from "./shared/memory.js";
