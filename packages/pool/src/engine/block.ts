import { DeadlockError } from "../errors.js";
import { runDueAlarms } from "../internal/alarms.js";
import { monotonicMs } from "../internal/platform.js";
import { countTurn } from "../internal/turns.js";
import type { WorkerCall } from "./calls/worker-call.js";
import { assertNotReading, handOutAll } from "./scheduling/dispatcher.js";
import type { BlockedWait } from "./workers/worker-handle.js";

/**
 * Lets this thread stand still until a call is done, or until that moment of `monotonicMs()`, and does meanwhile what else the event
 * loop would lead to: calls are handed out, results read, limits of time kept, and workers replaced that have died.
 *
 * Each of these may run code of users, and that may wait in the same way, so all is looked at again at each step.
 *
 * @throws {InvalidStateError | DeadlockError} When that cannot be.
 */
export function blockFor(call: WorkerCall, untilMs: number, wait: BlockedWait): void {
  const { future } = call;
  assertNotReading();
  try {
    for (;;) {
      handOutAll();
      if (future.done()) return;
      const alarmInMs = runDueAlarms();
      if (future.done()) return;
      const leftMs = untilMs === Infinity ? Infinity : untilMs - monotonicMs();
      if (leftMs <= 0) return;
      if (call.streams?.isFed) throw fedError();
      wait.next(Math.min(leftMs, alarmInMs));
      if (future.done()) return;
    }
  } finally {
    countTurn();
    wait.end();
  }
}

/** Says why a call cannot be waited for that reads an async iterable of this thread. */
export function fedError(): DeadlockError {
  return new DeadlockError(
    "a call with an async iterable among its arguments cannot be waited for by blocking, as the event loop reads it: pass an array, or await result()",
  );
}
