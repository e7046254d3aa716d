import { checkOptionNames } from "./internal/validate.js";
import type { LocalCall } from "./local/local-call.js";
import { LocalExecutor } from "./local/local-executor.js";

/** Options of an InlineExecutor. */
export interface InlineExecutorOptions {
  /** Milliseconds that a call gets to answer its signal before it is given up. Default: 100. */
  killAfterMs?: number | undefined;
}

/**
 * Runs each call inside `submit`, in this thread: the reference implementation, for tests and for debugging with
 * an ordinary stack.
 *
 * No call ever waits, so none can be cancelled; the future of a function that is not async is done when `submit`
 * returns. Async functions overlap, as if they had been called by hand.
 *
 * @example
 * const executor = new InlineExecutor();
 * executor.submit((n: number) => n * 2, 21).outcome; // => { status: "fulfilled", value: 42 }
 */
export class InlineExecutor extends LocalExecutor {
  static {
    // The CommonJS build gives the class another name, which users would see when they print it.
    Object.defineProperty(this, "name", { value: "InlineExecutor" });
  }

  /** One thread, the caller's. */
  readonly maxWorkers = 1;
  protected override readonly waiting = new Set<LocalCall>();

  constructor(options: InlineExecutorOptions = {}) {
    checkOptionNames("InlineExecutor", options, ["killAfterMs"]);
    super(options.killAfterMs);
  }

  protected override admit(call: LocalCall): void {
    this.begin(call);
  }

  protected override placeFreed(): void {
    // Nothing waits for a place here.
  }
}
