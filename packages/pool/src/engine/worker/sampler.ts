import { monotonicMs } from "../../internal/platform.js";
import type { RunTimes } from "../shared/run-times.js";
import {
  LARGEST_SAMPLE,
  REPLY_WAIT_MS,
  SAMPLE_US,
  SLOW_CALL_US,
  UNMEASURED_SAMPLE,
} from "../tuning.js";

/** Measures runs of calls of the same task; the clock is read once for several short calls. */
export class Sampler {
  readonly #times: Pick<RunTimes, "record">;
  readonly #told: (slow: boolean) => void;
  #begunAt: number;
  #measured: boolean;
  #task = -1;
  #count = 0;
  #limit = 1;
  #lastFlush = 0;

  constructor(times: Pick<RunTimes, "record">, measured: boolean, told: (slow: boolean) => void) {
    this.#times = times;
    this.#told = told;
    this.#measured = measured;
    this.#begunAt = measured ? monotonicMs() : 0;
    if (!measured) this.#limit = UNMEASURED_SAMPLE;
  }

  /** Is told which task comes next; true when the clock was read. */
  tick(task: number): boolean {
    if (this.#task === -1) {
      this.#task = task;
      return false;
    }
    if (task === this.#task && this.#count < this.#limit) return false;
    this.#restart(task);
    return true;
  }

  ran(): void {
    this.#count += 1;
  }

  /** Forgets the stretch: it held a call whose time is measured elsewhere. */
  discard(): void {
    this.#measured = false;
    this.#count = 0;
  }

  /** Says whether finished replies have waited long enough. */
  flushDue(): boolean {
    if (this.#limit > 1 && this.#begunAt - this.#lastFlush <= REPLY_WAIT_MS) return false;
    this.#lastFlush = this.#begunAt;
    return true;
  }

  end(): void {
    if (!this.#measured || this.#count === 0) return;
    const us = ((monotonicMs() - this.#begunAt) * 1e3) / this.#count;
    this.#times.record(this.#task, us);
    this.#told(us > SLOW_CALL_US);
  }

  #restart(task: number): void {
    const now = monotonicMs();
    if (this.#measured && this.#count > 0) {
      const us = ((now - this.#begunAt) * 1e3) / this.#count;
      this.#times.record(this.#task, us);
      this.#limit = us > SAMPLE_US ? 1 : Math.min(LARGEST_SAMPLE, Math.ceil(SAMPLE_US / us));
    }
    this.#measured = true;
    this.#task = task;
    this.#count = 0;
    this.#begunAt = now;
  }
}
