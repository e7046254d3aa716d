import { monotonicMs } from "./platform.js";
import { startTimer } from "./timer.js";

interface Alarm {
  readonly dueMs: number;
  readonly expired: () => void;
  readonly stop: () => void;
}

const alarms = new Set<Alarm>();
/** No alarm is due before; the one that was may have been stopped. */
let earliestMs = Infinity;

/** As `startTimer()`, for what has to happen also while this thread stands still and its event loop calls nobody. */
export function startAlarm(delayMs: number, expired: () => void, background = false): () => void {
  if (delayMs === Infinity) return nothing;
  const stop = (): void => {
    alarms.delete(alarm);
    stopTimer();
  };
  const stopTimer = startTimer(
    delayMs,
    () => {
      alarms.delete(alarm);
      expired();
    },
    background,
  );
  const alarm: Alarm = { dueMs: monotonicMs() + delayMs, expired, stop };
  alarms.add(alarm);
  earliestMs = Math.min(earliestMs, alarm.dueMs);
  return stop;
}

/** Does what is due. @returns How many milliseconds may pass until it is to be called again. */
export function runDueAlarms(): number {
  let now = monotonicMs();
  if (now >= earliestMs) {
    earliestMs = Infinity;
    // One that another stops is not called: the loop reads the set as it is then.
    for (const alarm of alarms) {
      if (alarm.dueMs > now) {
        earliestMs = Math.min(earliestMs, alarm.dueMs);
        continue;
      }
      alarm.stop();
      alarm.expired();
    }
    now = monotonicMs();
  }
  return Math.max(0, earliestMs - now);
}

function nothing(): void {
  // What never expires holds no timer.
}
