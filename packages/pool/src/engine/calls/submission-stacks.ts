import { captureStack } from "../../internal/stack.js";
import { monotonicMs, queueMicrotask } from "../../internal/platform.js";
import { STACKS_PER_WINDOW, STACK_FRAMES, STACK_WINDOW_MS } from "../tuning.js";

/** Where a call was submitted: its `stack` is made into text only when somebody reads it. */
export interface SubmissionStack {
  readonly stack?: unknown;
}

/**
 * Notes where calls are submitted, for the stacks of their errors. Taking a stack costs more than submitting a call, so
 * of many calls in a few milliseconds, which mostly come from one loop, all but the first share the last place noted.
 */
export class SubmissionStacks {
  #taken = 0;
  #openedAt = 0;
  #last: SubmissionStack | undefined;
  #resetDue = false;

  capture(): SubmissionStack | undefined {
    if (!this.#resetDue) {
      this.#resetDue = true;
      queueMicrotask(this.#reset);
    }
    if (this.#taken >= STACKS_PER_WINDOW) return this.#last;
    this.#taken += 1;
    const site: SubmissionStack = {};
    captureStack(site, STACK_FRAMES);
    this.#last = site;
    return site;
  }

  /** The clock is read once a turn: for each call it would cost a good part of what it saves. */
  readonly #reset = (): void => {
    this.#resetDue = false;
    const now = monotonicMs();
    if (now - this.#openedAt < STACK_WINDOW_MS) return;
    this.#openedAt = now;
    this.#taken = 0;
  };
}
