import { AsyncLocalStorage } from "node:async_hooks";
import { guardControl, type Guard } from "./guard.js";
import { Acquirable } from "./shared/acquirable.js";
import { Mode, type Hold } from "./shared/holding.js";
import { Kind } from "./shared/layout.js";
import { NO_LIMIT, type SyncWaitOptions, type WaitOptions } from "./shared/limits.js";
import type { SharedMemory } from "./shared/memory.js";
import { Ownership, ownerships } from "./shared/ownership.js";
import { memoryOf, registerShareable } from "./shared/shareable.js";

const NAME = "@concur/sync:RLock";

/** Which locks the code at hand runs inside of, by the id of their memory: what `run()` called, and all that follows from it. */
const runs = new AsyncLocalStorage<ReadonlyMap<string, Hold>>();

/**
 * A lock that its owner may take again, and has to give back as often. Python's `threading.RLock`.
 *
 * Who the owner is depends on how it was taken. Taken by `acquireSync()`, `runSync()` or `tryAcquire()`, it is the thread, as in Python, so
 * do not keep it over an `await`. Taken by `run()`, it is the function that runs there with all that it calls, also later and asynchronously. What
 * `acquire()` gave is taken again by nobody.
 *
 * @example
 * const lock = new RLock();
 * await lock.run(() => lock.run(() => "twice")); // => "twice"
 * lock.runSync(() => lock.runSync(() => lock.locked)); // => true
 */
export class RLock extends Acquirable {
  readonly #ownership: Ownership;

  /** @param memory - Of a copy that a message has brought: see `from()`. */
  constructor(memory?: SharedMemory) {
    const ownership = new Ownership(Kind.RLock, "an RLock", memory);
    super(NAME, ownership, Mode.Exclusive);
    this.#ownership = ownership;
    ownerships.set(this, ownership);
  }

  /** Gives the lock of which a message brought a copy, or the lock itself. @throws {TypeError} For anything else. */
  static from(value: unknown): RLock {
    return value instanceof RLock ? value : new RLock(memoryOf(value, NAME));
  }

  /** Whether anybody has it at the moment. */
  get locked(): boolean {
    return this.#ownership.monitor.held > 0;
  }

  override async acquire(options: WaitOptions = NO_LIMIT): Promise<Guard> {
    return this.#again(this.#running()) ?? (await super.acquire(options));
  }

  override acquireSync(options: SyncWaitOptions = NO_LIMIT): Guard {
    return (
      this.#again(this.#running() ?? this.#ofThread()) ??
      this.#created(this.#ownership.holdSync(BY_THREAD, options))
    );
  }

  override tryAcquire(): Guard | undefined {
    const again = this.#again(this.#running() ?? this.#ofThread());
    if (again !== undefined) return again;
    const hold = this.#ownership.tryHold(BY_THREAD);
    return hold && this.#created(hold);
  }

  override async run<R>(
    fn: (guard: Guard) => R,
    options: WaitOptions = NO_LIMIT,
  ): Promise<Awaited<R>> {
    return super.run((guard) => {
      const inside = new Map(runs.getStore());
      inside.set(this.#ownership.monitor.id, guardControl.holdOf(guard));
      return runs.run(inside, fn, guard);
    }, options);
  }

  #created(hold: Hold): Guard {
    return guardControl.create(this.#ownership, hold);
  }

  /** What the `run()` has that the code at hand is inside of. */
  #running(): Hold | undefined {
    return runs.getStore()?.get(this.#ownership.monitor.id);
  }

  /** What this thread has by a wait that may block. */
  #ofThread(): Hold | undefined {
    return this.#ownership.holdOfThread(Mode.ByThread);
  }

  #again(hold: Hold | undefined): Guard | undefined {
    return hold !== undefined && this.#ownership.deepen(hold) ? this.#created(hold) : undefined;
  }
}

const BY_THREAD = Mode.Exclusive | Mode.ByThread;

registerShareable(NAME, (form) => RLock.from(form));
