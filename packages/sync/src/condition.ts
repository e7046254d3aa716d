import { refusePromise } from "./shared/refuse-promise.js";
import { InvalidStateError } from "./errors.js";
import { guardControl, type Guard } from "./guard.js";
import { Lock } from "./lock.js";
import { RLock } from "./rlock.js";
import { Kind, Word } from "./shared/layout.js";
import {
  NO_LIMIT,
  type Deadline,
  type SyncWaitOptions,
  type WaitOptions,
} from "./shared/limits.js";
import type { SharedMemory } from "./shared/memory.js";
import { ownerships, type Ownership } from "./shared/ownership.js";
import { formOf, memoryOf, registerShareable } from "./shared/shareable.js";
import { Turnstile } from "./shared/turnstile.js";
import { deadlineOf } from "./shared/waiting.js";

const NAME = "@concur/sync:Condition";

/**
 * Lets callers that have a lock wait, without it, until somebody who has it says that things have changed. Python's
 * `threading.Condition`.
 *
 * @example
 * const condition = new Condition();
 * let ready = false;
 * const waits = condition.lock.run((guard) => condition.waitFor(guard, () => ready));
 * await condition.lock.run(() => {
 *   ready = true;
 *   condition.notifyAll();
 * });
 * await waits; // => true
 */
export class Condition {
  /** @internal */
  readonly concurShareable = NAME;
  /** @internal */
  readonly memory: SharedMemory;
  /** What a caller must have to wait or to notify. */
  readonly lock: Lock | RLock;
  readonly #ownership: Ownership;
  readonly #notices: Notices;

  /**
   * @param lock - Default: a Lock of its own. Python's default is an RLock.
   * @param memory - Of a copy that a message has brought: see `from()`.
   */
  constructor(lock: Lock | RLock = new Lock(), memory?: SharedMemory) {
    this.lock = lock;
    const ownership = ownerships.get(lock);
    if (ownership === undefined) throw new TypeError("a Condition needs a Lock or an RLock");
    this.#ownership = ownership;
    this.#notices = new Notices(memory);
    this.memory = this.#notices.monitor.memory;
  }

  /** Gives the condition of which a message brought a copy, or the condition itself. @throws {TypeError} For anything else. */
  static from(value: unknown): Condition {
    if (value instanceof Condition) return value;
    const lock = formOf(value, NAME)["lock"] as { concurShareable?: unknown } | undefined;
    const isReentrant = lock instanceof RLock || lock?.concurShareable === "@concur/sync:RLock";
    return new Condition(isReentrant ? RLock.from(lock) : Lock.from(lock), memoryOf(value, NAME));
  }

  /**
   * Gives the lock back, waits to be notified, and takes the lock again, with the same guard; also before it throws.
   *
   * @param guard - Of the lock, which must be taken once.
   * @throws {InvalidStateError} When the guard does not have the lock, or the lock was taken more than once.
   * @throws {TimeoutError} After `timeoutMs`, where Python gives `False`; the reason of `signal`, or that for which the task at hand is to stop.
   */
  async wait(guard: Guard, options: WaitOptions = NO_LIMIT): Promise<void> {
    await this.#wait(guard, deadlineOf(options), options.signal);
  }

  /** The same, blocking the thread. @throws {DeadlockError} When an async caller of this thread waits for the lock. */
  waitSync(guard: Guard, options: SyncWaitOptions = NO_LIMIT): void {
    this.#waitSync(guard, deadlineOf(options));
  }

  /**
   * Waits until a function, which may be async and is called with the lock, gives something that is true; gives that.
   *
   * @throws What `wait()` throws; `timeoutMs` counts from the call.
   */
  async waitFor<R>(
    guard: Guard,
    predicate: () => R,
    options: WaitOptions = NO_LIMIT,
  ): Promise<Awaited<R>> {
    const deadline = deadlineOf(options);
    for (;;) {
      const value = await predicate();
      if (value) return value;
      await this.#wait(guard, deadline, options.signal);
    }
  }

  /** The same with a function that is not async, blocking the thread. */
  waitForSync<R>(guard: Guard, predicate: () => R, options: SyncWaitOptions = NO_LIMIT): R {
    const deadline = deadlineOf(options);
    for (;;) {
      const value = refusePromise(
        predicate(),
        "waitForSync() takes no async function: use waitFor()",
      );
      if (value) return value;
      this.#waitSync(guard, deadline);
    }
  }

  /**
   * Lets those go on who have waited longest, as soon as they get the lock.
   *
   * @param count - How many; default: 1.
   * @throws {InvalidStateError} When this thread does not have the lock.
   */
  notify(count = 1): void {
    if (!Number.isInteger(count) || count < 0) {
      throw new RangeError(`count must be a whole number of at least 0, not ${count}`);
    }
    this.#notify(count);
  }

  /** Lets all who wait go on. @throws {InvalidStateError} When this thread does not have the lock. */
  notifyAll(): void {
    this.#notify(Infinity);
  }

  #notify(count: number): void {
    if (!this.#ownership.isOurs) throw new InvalidStateError("only who has the lock can notify");
    this.#notices.give(count);
  }

  async #wait(guard: Guard, deadline: Deadline, signal: AbortSignal | undefined): Promise<void> {
    const mode = this.#modeOf(guard);
    const slot = this.#notices.join();
    this.#ownership.release(guardControl.holdOf(guard));
    try {
      await this.#notices.pass(slot, deadline, signal);
    } finally {
      guardControl.renew(guard, await this.#ownership.hold(mode, NO_LIMIT, true));
    }
  }

  #waitSync(guard: Guard, deadline: Deadline): void {
    const mode = this.#modeOf(guard);
    this.#ownership.refuseOwnWaiters(mode);
    const slot = this.#notices.join();
    this.#ownership.release(guardControl.holdOf(guard));
    try {
      this.#notices.passSync(slot, deadline);
    } finally {
      guardControl.renew(guard, this.#ownership.holdSync(mode, NO_LIMIT, true));
    }
  }

  #modeOf(guard: Guard): number {
    const ownership = this.#ownership;
    if (!guardControl.isOf(guard, ownership)) {
      throw new InvalidStateError("this guard does not have the lock of the condition");
    }
    const hold = guardControl.holdOf(guard);
    if (ownership.depth(hold) > 0) {
      throw new InvalidStateError("the lock was taken more than once, and would not become free");
    }
    return ownership.mode(hold);
  }
}

/** How many notices went to threads that died before they went on: others get them. */
const LOST = Word.Own;

class Notices extends Turnstile {
  constructor(memory: SharedMemory | undefined) {
    super(Kind.Condition, "a Condition", memory);
  }

  join(): number {
    const { monitor } = this;
    monitor.enter();
    const slot = monitor.enqueue(0);
    monitor.leave();
    return slot;
  }

  give(count: number): void {
    const { monitor } = this;
    monitor.enter();
    monitor.reapInside();
    for (let left = count; left > 0 && monitor.head !== 0; left -= 1) monitor.grant(monitor.head);
    monitor.leave();
  }

  override settle(): void {
    const { monitor } = this;
    const { words } = monitor;
    for (; (words[LOST] ?? 0) > 0; words[LOST] = (words[LOST] ?? 0) - 1) {
      if (monitor.head !== 0) monitor.grant(monitor.head);
    }
  }

  override died(slot: number): void {
    const { words } = this.monitor;
    if (this.monitor.isHeld(slot)) words[LOST] = (words[LOST] ?? 0) + 1;
  }
}

registerShareable(NAME, (form) => Condition.from(form));
