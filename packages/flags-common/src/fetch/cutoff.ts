import { onAbort } from "../shared/abort-hub.js";

/** Who ended the work for a file. */
export type CutoffReason = "user" | "clock";

/**
 * Ends the work for one file early: when its time is up, or when its user wants no more of it.
 *
 * It does what an AbortSignal of both would do. To make one of those for each file takes longer than all else here.
 */
export class Cutoff {
  readonly #timer: NodeJS.Timeout;
  readonly #listeners = new Set<() => void>();
  readonly #leaveUser: (() => void) | undefined;
  #reason: CutoffReason | undefined;

  /** @param limitMs - How long the work may take, from now. */
  constructor(limitMs: number, userSignal: AbortSignal | undefined) {
    this.#timer = setTimeout(() => {
      this.#end("clock");
    }, limitMs);
    if (userSignal?.aborted === true) this.#reason = "user";
    else if (userSignal !== undefined) {
      this.#leaveUser = onAbort(userSignal, () => {
        this.#end("user");
      });
    }
  }

  /** Who ended the work; `undefined` while nobody has. */
  get reason(): CutoffReason | undefined {
    return this.#reason;
  }

  /** Calls the listener once, when the work is to end. */
  add(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Takes the listener back. */
  remove(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** The work is over: from now on nobody is called. */
  close(): void {
    clearTimeout(this.#timer);
    this.#leaveUser?.();
  }

  #end(reason: CutoffReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
