import { monotonicMs } from "../../internal/platform.js";
import { BOOT_ATTEMPTS, BOOT_FIRST_PAUSE_MS, BOOT_LONGEST_PAUSE_MS } from "../tuning.js";
import { missingPermission } from "../../internal/permission.js";
import { isError } from "../../internal/kinds.js";

/** What the system says when it has no more files, processes, threads or memory to give. */
const SHORTAGES = new Set([
  "EAGAIN",
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "ENOSPC",
  "ERR_MEMORY_ALLOCATION_FAILED",
  "ERR_WORKER_INIT_FAILED",
]);

/** Counts the workers of an executor that could not be started, and says when the next may be tried. */
export class BootFailures {
  #inARow = 0;
  #notBefore = 0;
  /** Since when no worker can be had for want of something. */
  #shortSince: number | undefined;
  /** Whether the last one could have told why. */
  #isUnexplained = false;
  /** Whether Node's permission model allows no worker: no attempt will change that. */
  #isForbidden = false;

  /** A worker is up. */
  reset(): void {
    this.#inARow = 0;
    this.#notBefore = 0;
    this.#shortSince = undefined;
  }

  /** How many milliseconds have to pass before the next worker is made; 0 where nothing is in the way. */
  get pauseMs(): number {
    return this.#notBefore === 0 ? 0 : Math.max(0, this.#notBefore - monotonicMs());
  }

  /** Notes that a worker could not be started, and why, as far as that is known. */
  note(error: unknown, isUnexplained = false): void {
    const now = monotonicMs();
    this.#notBefore =
      now + Math.min(BOOT_LONGEST_PAUSE_MS, BOOT_FIRST_PAUSE_MS * 2 ** this.#inARow);
    this.#inARow += 1;
    this.#isUnexplained = isUnexplained;
    this.#isForbidden = missingPermission(error) !== undefined;
    this.#shortSince = isShortage(error) ? (this.#shortSince ?? now) : undefined;
  }

  /**
   * Says whether there is no hope left, for an executor without any worker: after some attempts in a row; but for want of
   * something that may be there again, only after so long.
   */
  isHopeless(patienceMs: number): boolean {
    if (this.#shortSince === undefined) {
      return this.#isForbidden || (this.#inARow >= BOOT_ATTEMPTS && !this.#isUnexplained);
    }
    return monotonicMs() - this.#shortSince >= patienceMs;
  }
}

/** Says whether a worker could not be had for want of something that other programs, or this one, may give back. */
export function isShortage(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  if ("code" in error && typeof error.code === "string" && SHORTAGES.has(error.code)) return true;
  // The memory that is shared with a thread.
  return (
    isError(error) && error.name === "RangeError" && error.message.includes("allocation failed")
  );
}
