import { AsyncResource } from "node:async_hooks";
import { DeadlockError } from "./errors.js";
import { PriorityQueue } from "./internal/priority-queue.js";
import { checkCount, checkOptionNames } from "./internal/validate.js";
import type { LocalCall } from "./local/local-call.js";
import { DEFAULT_KILL_AFTER_MS, LocalExecutor } from "./local/local-executor.js";
import { queueMicrotask } from "./internal/platform.js";

/** How many calls an AsyncExecutor runs at a time when nobody says. */
const DEFAULT_MAX_WORKERS = 32;

/** Options of an AsyncExecutor. */
export interface AsyncExecutorOptions {
  /** How many calls run at the same time, a whole number from 1. Default: 32. */
  maxWorkers?: number | undefined;
  /** Milliseconds that a call gets to answer its signal before it is given up. Default: 100. */
  killAfterMs?: number | undefined;
  /**
   * How many calls may wait, beside `maxWorkers` that run, a whole number from 0: `submit` over it throws QueueFullError,
   * `submitWhenReady` and `map` wait. Default: no limit.
   */
  maxQueue?: number | undefined;
}

/**
 * Runs calls in this event loop, so many at a time: the executor for work that waits for something, such as
 * downloads. Arguments and results are shared, not copied, and any function will do.
 *
 * A call begins in a microtask after its submission, never inside `submit` itself. It runs in the async context of
 * its submitter. A task that submits to its own executor and waits for the result needs a second free place.
 *
 * @example
 * await using executor = new AsyncExecutor({ maxWorkers: 2 });
 * const future = executor.submit(async (name: string) => `hello ${name}`, "world");
 * await future.result(); // => "hello world"
 */
export class AsyncExecutor extends LocalExecutor {
  static {
    // The CommonJS build gives the class another name, which users would see when they print it.
    Object.defineProperty(this, "name", { value: "AsyncExecutor" });
  }

  readonly maxWorkers: number;
  protected override readonly waiting = new PriorityQueue<LocalCall>();
  /** The async context in which the queue is served: the executor's own, not that of whoever came last. */
  readonly #context = new AsyncResource("ConcurExecutor");
  #scheduled = false;

  /** @throws {TypeError | RangeError} For options that are unknown or unsound. */
  constructor(options: AsyncExecutorOptions = {}) {
    checkOptionNames("AsyncExecutor", options, ["maxWorkers", "killAfterMs", "maxQueue"]);
    const {
      maxWorkers = DEFAULT_MAX_WORKERS,
      killAfterMs = DEFAULT_KILL_AFTER_MS,
      maxQueue,
    } = options;
    checkCount("maxWorkers", maxWorkers);
    const queue = maxQueue === undefined ? undefined : checkCount("maxQueue", maxQueue, 0);
    super(killAfterMs, queue === undefined ? undefined : { maxQueue: queue, maxWorkers });
    this.maxWorkers = maxWorkers;
  }

  /** @throws {DeadlockError} Always: its calls run in the event loop, which would stand still. */
  protected override runSyncWith(): never {
    throw new DeadlockError(
      "calls of an AsyncExecutor run in this event loop, which would stand still: await run(), or use a ThreadPoolExecutor",
    );
  }

  protected override admit(call: LocalCall): void {
    const entry = this.waiting.push(call, call.priority);
    call.leaveQueue = () => this.waiting.remove(entry, call.priority);
    this.#schedule();
  }

  protected override placeFreed(): void {
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.waiting.size === 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#context.runInAsyncScope(() => {
        this.#serve();
      });
    });
  }

  #serve(): void {
    this.#scheduled = false;
    while (this.runningCount < this.maxWorkers) {
      const call = this.waiting.shift();
      if (call === undefined) break;
      this.begin(call);
    }
  }
}
