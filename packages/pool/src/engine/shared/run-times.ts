import { FORGETTING, RUN_TIME_TASKS } from "../tuning.js";

/** Bytes of the shared memory behind RunTimes. */
export const RUN_TIME_BYTES = RUN_TIME_TASKS * Float64Array.BYTES_PER_ELEMENT;

/**
 * Knows how long calls of each task take, in microseconds; 0 while unknown. Written by workers, read by the parent to
 * decide how many calls to send ahead. A rough figure is enough, so nothing here is atomic.
 */
export class RunTimes {
  readonly #us: Float64Array;
  readonly #forgetting: number;

  /**
   * @param forgetting - The weight of a measure that is shorter than the estimate: small where what was sent behind a call
   *   that turns out long cannot be taken back, so that long ones among many short are not forgotten.
   */
  constructor(memory: SharedArrayBuffer, forgetting = FORGETTING) {
    this.#us = new Float64Array(memory);
    this.#forgetting = forgetting;
  }

  of(task: number): number {
    return this.#us[task % RUN_TIME_TASKS] ?? 0;
  }

  record(task: number, us: number): void {
    const old = this.#us[task % RUN_TIME_TASKS] ?? 0;
    this.#us[task % RUN_TIME_TASKS] = average(old, us, this.#forgetting);
  }
}

/**
 * Lets one preemption not look like a slow task: growth is at most threefold per sample, and a task that really is slow
 * gets there in a few.
 */
function average(old: number, us: number, forgetting: number): number {
  if (old === 0) return us;
  return us > old ? Math.min((us + old) / 2, old * 3 + 0.5) : old + (us - old) * forgetting;
}
