import { guardControl, type Guard } from "./guard.js";
import { Mode } from "./shared/holding.js";
import { Kind } from "./shared/layout.js";
import { NO_LIMIT, type SyncWaitOptions, type WaitOptions } from "./shared/limits.js";
import type { SharedMemory } from "./shared/memory.js";
import { Ownership } from "./shared/ownership.js";
import { memoryOf, registerShareable } from "./shared/shareable.js";

const NAME = "@concur/sync:ReadWriteLock";

/**
 * Lets many read at once, or one write. First come, first served: who comes to read behind one that waits to write waits for that.
 *
 * When a writer dies, `abandoned` is true for all who come after it, up to the next that writes.
 *
 * @example
 * const lock = new ReadWriteLock();
 * const [one, other] = await Promise.all([lock.acquireRead(), lock.acquireRead()]);
 * lock.tryAcquireWrite(); // => undefined
 * one.release();
 * other.release();
 * await lock.runWrite(() => lock.readers); // => 0
 */
export class ReadWriteLock {
  /** @internal */
  readonly concurShareable = NAME;
  /** @internal */
  readonly memory: SharedMemory;
  readonly #ownership: Ownership;

  /** @param memory - Of a copy that a message has brought: see `from()`. */
  constructor(memory?: SharedMemory) {
    this.#ownership = new Ownership(Kind.ReadWriteLock, "a ReadWriteLock", memory);
    this.memory = this.#ownership.monitor.memory;
  }

  /** Gives the lock of which a message brought a copy, or the lock itself. @throws {TypeError} For anything else. */
  static from(value: unknown): ReadWriteLock {
    return value instanceof ReadWriteLock ? value : new ReadWriteLock(memoryOf(value, NAME));
  }

  /** How many read at the moment. */
  get readers(): number {
    return this.#ownership.sharers;
  }

  /** Whether one writes at the moment. */
  get writing(): boolean {
    return this.#ownership.isExclusive;
  }

  /** Waits until nobody writes. @throws What `Lock.acquire()` throws. */
  acquireRead(options: WaitOptions = NO_LIMIT): Promise<Guard> {
    return this.#acquire(Mode.Shared, options);
  }

  /** Waits until it is alone. @throws What `Lock.acquire()` throws. */
  acquireWrite(options: WaitOptions = NO_LIMIT): Promise<Guard> {
    return this.#acquire(Mode.Exclusive, options);
  }

  /** Blocks the thread until nobody writes. @throws What `Lock.acquireSync()` throws. */
  acquireReadSync(options: SyncWaitOptions = NO_LIMIT): Guard {
    return this.#acquireSync(Mode.Shared, options);
  }

  /** Blocks the thread until it is alone. @throws What `Lock.acquireSync()` throws. */
  acquireWriteSync(options: SyncWaitOptions = NO_LIMIT): Guard {
    return this.#acquireSync(Mode.Exclusive, options);
  }

  /** Takes it for reading, if that can be at this moment. */
  tryAcquireRead(): Guard | undefined {
    return this.#tryAcquire(Mode.Shared);
  }

  /** Takes it for writing, if that can be at this moment. */
  tryAcquireWrite(): Guard | undefined {
    return this.#tryAcquire(Mode.Exclusive);
  }

  /** Runs a function, async or not, while nobody writes. */
  async runRead<R>(fn: (guard: Guard) => R, options: WaitOptions = NO_LIMIT): Promise<Awaited<R>> {
    using guard = await this.acquireRead(options);
    return await fn(guard);
  }

  /** Runs a function, async or not, while nobody else reads or writes. */
  async runWrite<R>(fn: (guard: Guard) => R, options: WaitOptions = NO_LIMIT): Promise<Awaited<R>> {
    using guard = await this.acquireWrite(options);
    return await fn(guard);
  }

  async #acquire(mode: number, options: WaitOptions): Promise<Guard> {
    return guardControl.create(this.#ownership, await this.#ownership.hold(mode, options));
  }

  #acquireSync(mode: number, options: SyncWaitOptions): Guard {
    return guardControl.create(this.#ownership, this.#ownership.holdSync(mode, options));
  }

  #tryAcquire(mode: number): Guard | undefined {
    const hold = this.#ownership.tryHold(mode);
    return hold && guardControl.create(this.#ownership, hold);
  }
}

registerShareable(NAME, (form) => ReadWriteLock.from(form));
