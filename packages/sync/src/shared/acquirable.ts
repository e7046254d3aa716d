import { refusePromise } from "./refuse-promise.js";
import { guardControl, type Guard } from "../guard.js";
import type { Holding } from "./holding.js";
import { NO_LIMIT, type SyncWaitOptions, type WaitOptions } from "./limits.js";
import type { SharedMemory } from "./memory.js";

/** What is acquired and given back: the ways to do so, which locks and semaphores have in common. */
export abstract class Acquirable {
  /** @internal By this, a copy in another thread is known. */
  readonly concurShareable: string;
  /** @internal */
  readonly memory: SharedMemory;
  readonly #holding: Holding;
  readonly #mode: number;

  /** @internal */
  protected constructor(name: string, holding: Holding, mode: number) {
    this.concurShareable = name;
    this.memory = holding.monitor.memory;
    this.#holding = holding;
    this.#mode = mode;
  }

  /**
   * Waits until it can be had, and takes it: first come, first served.
   *
   * A wait in a worker keeps the worker alive; one in the main thread does not keep the program alive by itself.
   *
   * @throws {TimeoutError} After `timeoutMs`; the reason of `signal`, or that for which the task at hand is to stop.
   */
  async acquire(options: WaitOptions = NO_LIMIT): Promise<Guard> {
    const hold = await this.#holding.hold(this.#mode, options);
    return guardControl.create(this.#holding, hold);
  }

  /**
   * The same, blocking the thread and so all its timers, promises and messages.
   *
   * @throws {DeadlockError} When the thread would wait for itself, and no `timeoutMs` was given.
   * @throws {TimeoutError} After `timeoutMs`; the reason for which the task at hand is to stop.
   */
  acquireSync(options: SyncWaitOptions = NO_LIMIT): Guard {
    return guardControl.create(this.#holding, this.#holding.holdSync(this.#mode, options));
  }

  /** Takes it if it can be had at this moment, and nobody waits for it. */
  tryAcquire(): Guard | undefined {
    const hold = this.#holding.tryHold(this.#mode);
    return hold && guardControl.create(this.#holding, hold);
  }

  /** Runs a function, async or not, and gives back afterwards. @throws What `acquire()` throws, and what the function throws. */
  async run<R>(fn: (guard: Guard) => R, options: WaitOptions = NO_LIMIT): Promise<Awaited<R>> {
    const guard = await this.acquire(options);
    try {
      return await fn(guard);
    } finally {
      guard.release();
    }
  }

  /**
   * Runs a function that is not async, and gives back afterwards; blocks the thread until it can run.
   *
   * @throws {TypeError} When the function was async: what it did after its first `await` is not protected.
   */
  runSync<R>(fn: (guard: Guard) => R, options: SyncWaitOptions = NO_LIMIT): R {
    const guard = this.acquireSync(options);
    try {
      return refusePromise(fn(guard), "runSync() takes no async function: use run()");
    } finally {
      guard.release();
    }
  }
}
