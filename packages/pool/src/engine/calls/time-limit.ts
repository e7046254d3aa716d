import { TimeoutError } from "../../errors.js";
import { startAlarm } from "../../internal/alarms.js";
import { monotonicMs } from "../../internal/platform.js";
import type { WorkerCall } from "./worker-call.js";

/**
 * Stops a call that was sent to a worker when it has run for so long. The limit counts from the start of the run, which only
 * the worker knows: look, and look again.
 */
export function limitTime(call: WorkerCall, timeoutMs: number, taskName: string): void {
  const check = (): void => {
    const begunAt = call.worker?.begunAt(call);
    if (call.worker === undefined || call.future.done()) return;
    // Not begun: it cannot end before a whole limit from now.
    const left = begunAt === undefined ? timeoutMs : begunAt + timeoutMs - monotonicMs();
    if (left > 0) {
      call.stopTimer = startAlarm(Math.max(1, left), check);
      return;
    }
    const reason = new TimeoutError(
      `the call '${call.options.name ?? taskName}' ran longer than ${timeoutMs} ms`,
    );
    call.host.stop(call, { reason, timedOut: true });
  };
  call.stopTimer = startAlarm(timeoutMs, check);
}
