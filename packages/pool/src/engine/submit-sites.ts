import { captureStack } from "../internal/stack.js";
import { monotonicMs, queueMicrotask } from "../internal/platform.js";

/** So many submissions get a place of their own, */
const PER_WINDOW = 8;
/** and after so long as many again. Each takes about 5 µs: all of them a hundredth of the thread's time. */
const WINDOW_MS = 4;
const FRAMES = 9;

/** Where a call was submitted: its `stack` is made into text only when somebody reads it. */
export interface SubmitSite {
  readonly stack?: unknown;
}

/**
 * Notes where calls are submitted, for the stacks of their errors. Taking a stack costs more than submitting a call, so
 * of many calls in a few milliseconds, which mostly come from one loop, all but the first share the last place noted.
 */
export class SubmitSites {
  #taken = 0;
  #openedAt = 0;
  #last: SubmitSite | undefined;
  #resetDue = false;

  capture(): SubmitSite | undefined {
    if (!this.#resetDue) {
      this.#resetDue = true;
      queueMicrotask(this.#reset);
    }
    if (this.#taken >= PER_WINDOW) return this.#last;
    this.#taken += 1;
    const site: SubmitSite = {};
    captureStack(site, FRAMES);
    this.#last = site;
    return site;
  }

  /** The clock is read once a turn: for each call it would cost a good part of what it saves. */
  readonly #reset = (): void => {
    this.#resetDue = false;
    const now = monotonicMs();
    if (now - this.#openedAt < WINDOW_MS) return;
    this.#openedAt = now;
    this.#taken = 0;
  };
}
