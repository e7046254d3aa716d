import { startTimer } from "../../../internal/timer.js";
import type { WorkerEnd } from "../../workers/worker-handle.js";
import type { CallId } from "../wire/call-id.js";
import type { SpawnedChild } from "./child-spawner.js";
import { CHILD_LEAVE_MS, LAST_WORDS_MS } from "../../tuning.js";

/**
 * How a process ends: asked to, given so long, killed, or by itself.
 *
 * Its end and that of its channel come in any order. The end is told when both have come, as what the process had written
 * before it counts.
 */
export class ChildExit {
  readonly #child: SpawnedChild;
  readonly #ended: (end: WorkerEnd) => void;
  /** Whether something may still come from it. */
  #isHeard = false;
  /** What the child said as it left. */
  #lastWord: { running: readonly CallId[]; error: unknown } | undefined;
  /** Why it was not to be trusted any more. */
  #fault: unknown;
  #hasFailed = false;
  #end: WorkerEnd | undefined;
  #stopTimer: (() => void) | undefined;
  #killAfterMs = Infinity;

  constructor(child: SpawnedChild, ended: (end: WorkerEnd) => void) {
    this.#child = child;
    this.#ended = ended;
    child.onEnd((end) => {
      this.#childEnded(end);
    });
  }

  /** The calls that it ran as it left: others had not begun. Undefined where it did not say. */
  get running(): readonly CallId[] | undefined {
    return this.#lastWord?.running;
  }

  /** Whether what it wrote could not be trusted. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** The channel to the child is there. */
  connected(): void {
    this.#isHeard = true;
  }

  /** All that will ever come through the channel has come. */
  hungUp(): void {
    this.#isHeard = false;
    if (this.#end !== undefined) {
      this.#tellEnd(this.#end);
      return;
    }
    // It is on its way out, or it has closed the connection and is of no use any more.
    this.#killAfter(CHILD_LEAVE_MS);
  }

  /** Nothing reaches it any more, so it is of no use. It is on its way out, or has so long for it. */
  cut(): void {
    if (this.#end === undefined) this.#killAfter(CHILD_LEAVE_MS);
  }

  /** What it writes cannot be trusted: it is killed, and this is why. */
  failed(error: unknown): void {
    this.#fault = error;
    this.#hasFailed = true;
    this.#isHeard = false;
    if (this.#end === undefined) this.kill();
    else this.#tellEnd(this.#end);
  }

  /** The child has said its last word. */
  saidLast(running: readonly CallId[], error: unknown): void {
    this.#lastWord = { running, error };
  }

  /** The child was told to leave. */
  toldToLeave(): void {
    this.#killAfter(CHILD_LEAVE_MS);
  }

  terminate(graceMs: number): void {
    this.#child.signal("SIGTERM");
    this.#killAfter(graceMs);
  }

  kill(): void {
    this.#child.signal("SIGKILL");
  }

  /** Waits for nothing any more. */
  dispose(): void {
    this.#stopTimer?.();
  }

  /** Kills it after so long, unless it was to be killed sooner. */
  #killAfter(ms: number): void {
    if (ms >= this.#killAfterMs) return;
    this.#killAfterMs = ms;
    this.#stopTimer?.();
    this.#stopTimer = startTimer(ms, () => {
      this.kill();
    });
  }

  #childEnded(end: WorkerEnd): void {
    this.#stopTimer?.();
    this.#end = end;
    if (!this.#isHeard) {
      this.#tellEnd(end);
      return;
    }
    // What it had written is still to be read. It counts.
    this.#stopTimer = startTimer(LAST_WORDS_MS, () => {
      this.#tellEnd(end);
    });
  }

  #tellEnd(end: WorkerEnd): void {
    this.#stopTimer?.();
    const error = this.#fault ?? end.error ?? this.#lastWord?.error;
    this.#ended({ ...end, error });
  }
}
