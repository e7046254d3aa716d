import type { Submission } from "../../codec/decode-error.js";
import { turnsCounted } from "../../internal/turns.js";
import { captureStack, fileOf, stackText } from "../../internal/stack.js";
import { monotonicMs, queueMicrotask } from "../../internal/platform.js";
import { STACKS_PER_WINDOW, STACK_FRAMES, STACK_WINDOW_MS } from "../tuning.js";

/** Where a call was submitted: its `stack` is made into text only when somebody reads it. */
export interface SubmissionStack {
  readonly stack?: unknown;
  /** Whether it is that of an earlier call, which most likely was submitted at the same place. */
  readonly isNear?: boolean;
}

/** Where a call was submitted, as text. */
export function textOf(submission: SubmissionStack | undefined): Submission | undefined {
  const stack = stackText(submission);
  if (stack === undefined) return undefined;
  return { submittedAt: withoutOwnFrames(stack), isNear: submission?.isNear };
}

/** Where this module is in a stack that a source map has changed, below the folder of the sources. */
const THIS_MODULE = /engine\/calls\/submission-stacks\.[jt]s$/;
/** The methods between a caller and this module, where a bundler has put the whole program into one file. */
const OUR_METHODS =
  /^\s*at (?:[\w$]+\.)?(?:capture|#submit|admitWith|submitWith|runSyncWith|streamWith|mapWith) /;

/** The first frames are those of the file that this is built into, or of its sources. */
function withoutOwnFrames(stack: string): string {
  const frames = stack.split("\n").filter((line) => /^\s*at /.test(line));
  const own = fileOf(frames[0]);
  if (own === undefined) return stack;
  const sources = own.replace(THIS_MODULE, "");
  const isForeign = (frame: string): boolean => {
    // Of Node itself no file is known.
    const file = fileOf(frame);
    return file !== undefined && (sources === own ? file !== own : !file.startsWith(sources));
  };
  const first = frames.findIndex(isForeign);
  const firstInBundle = frames.findIndex((frame) => !OUR_METHODS.test(frame));
  return frames.slice(first < 0 ? firstInBundle : first).join("\n");
}

/**
 * Notes where calls are submitted, for the stacks of their errors. Taking a stack costs more than submitting a call, so
 * of many calls in a few milliseconds, which mostly come from one loop, all but the first share the last place noted, and say so.
 */
export class SubmissionStacks {
  #taken = 0;
  #openedAt = 0;
  #shared: SubmissionStack | undefined;
  #resetDue = false;
  #turn = turnsCounted();

  capture(): SubmissionStack | undefined {
    if (!this.#resetDue) {
      this.#resetDue = true;
      queueMicrotask(this.#endOfTurn);
    }
    // The ends of its turns do not come to a thread that waits by standing still.
    if (this.#turn !== turnsCounted()) this.#reset();
    if (this.#taken >= STACKS_PER_WINDOW) return this.#shared;
    this.#taken += 1;
    const site: SubmissionStack = {};
    captureStack(site, STACK_FRAMES);
    this.#shared = undefined;
    if (this.#taken === STACKS_PER_WINDOW) {
      this.#shared = {
        isNear: true,
        get stack() {
          return site.stack;
        },
      };
    }
    return site;
  }

  readonly #endOfTurn = (): void => {
    this.#resetDue = false;
    this.#reset();
  };

  /** The clock is read once a turn: for each call it would cost a good part of what it saves. */
  #reset(): void {
    this.#turn = turnsCounted();
    const now = monotonicMs();
    if (now - this.#openedAt < STACK_WINDOW_MS) return;
    this.#openedAt = now;
    this.#taken = 0;
  }
}
