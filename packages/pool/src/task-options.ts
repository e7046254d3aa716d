import {
  checkCount,
  checkDuration,
  checkOptionNames,
  checkSignal,
  describe,
} from "./internal/validate.js";

/** Options of one call, bound with `executor.with(options)`. */
export interface TaskOptions {
  /** Aborts the call, queued or running, as `future.abort(signal.reason)` does. */
  signal?: AbortSignal | undefined;
  /** Limit on one call in milliseconds, from the start of its run: queueing is not counted. Default: none. */
  timeoutMs?: number | undefined;
  /**
   * Milliseconds between asking a running call to stop and giving it up; 0 gives up at once, Infinity never.
   * Default: the executor's.
   */
  killAfterMs?: number | undefined;
  /** Calls of a higher priority start first; equal ones in the order of submission. Any finite number. Default: 0. */
  priority?: number | undefined;
  /** Objects to move to the worker instead of copying them; executors of this thread share them anyway. */
  transfer?: readonly object[] | undefined;
  /** A name for the call: `currentTask().name`. Default: the task's own name. */
  name?: string | undefined;
  /** For `map`: items that travel together, from 1. Executors of this thread have no messages to save. */
  chunkSize?: number | undefined;
  /**
   * For `map`: maximum number of results in flight or unread, from 1; default: all of them. On workers with a `chunkSize` it counts
   * chunks, as in Python. For `stream`: maximum number of items;
   * default: some milliseconds' worth of them.
   */
  bufferSize?: number | undefined;
  /** For `map`: results in the order of the input (default), or as they come. */
  ordered?: boolean | undefined;
  /** For `map`: milliseconds, counted from the call of `map`, after which the iteration ends with TimeoutError. */
  deadlineMs?: number | undefined;
}

/** The options that are `map`'s own. */
export const MAP_OPTIONS = ["chunkSize", "bufferSize", "ordered", "deadlineMs"] as const;

const CALL_OPTIONS = [
  "signal",
  "timeoutMs",
  "killAfterMs",
  "priority",
  "transfer",
  "name",
] as const;

/** Throws TypeError or RangeError unless the options are known and sound. */
export function checkTaskOptions(options: TaskOptions): void {
  checkOptionNames("with()", options, [...CALL_OPTIONS, ...MAP_OPTIONS]);
  const { signal, timeoutMs, killAfterMs, priority, transfer, name } = options;
  if (signal !== undefined) checkSignal("signal", signal);
  if (timeoutMs !== undefined) checkDuration("timeoutMs", timeoutMs, 0);
  if (killAfterMs !== undefined) checkDuration("killAfterMs", killAfterMs, 0);
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw new TypeError(`priority must be a finite number, not ${describe(priority)}`);
  }
  if (transfer !== undefined && !Array.isArray(transfer)) {
    throw new TypeError(`transfer must be an array of objects, not ${describe(transfer)}`);
  }
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(`name must be a string, not ${describe(name)}`);
  }
  checkMapOptions(options);
}

function checkMapOptions({ chunkSize, bufferSize, ordered, deadlineMs }: TaskOptions): void {
  if (chunkSize !== undefined) checkChunkSize(chunkSize);
  if (bufferSize !== undefined) checkCount("bufferSize", bufferSize);
  if (ordered !== undefined && typeof ordered !== "boolean") {
    throw new TypeError(`ordered must be true or false, not ${describe(ordered)}`);
  }
  if (deadlineMs !== undefined) checkDuration("deadlineMs", deadlineMs);
}

function checkChunkSize(chunkSize: number): void {
  if (typeof chunkSize !== "number") checkCount("chunkSize", chunkSize);
  // Python compares before it looks at the kind here, so a fraction is out of range rather than of the wrong kind.
  if (!Number.isSafeInteger(chunkSize) || chunkSize < 1) {
    throw new RangeError(`chunkSize must be a whole number from 1, not ${chunkSize}`);
  }
}
