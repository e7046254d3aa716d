import { Acquirable } from "./shared/acquirable.js";
import { Kind } from "./shared/layout.js";
import type { SharedMemory } from "./shared/memory.js";
import { Permits } from "./shared/permits.js";
import { memoryOf, registerShareable } from "./shared/shareable.js";

const NAME = "@concur/sync:Semaphore";
const BOUNDED = "@concur/sync:BoundedSemaphore";

/**
 * Lets as many in at once as there are permits. Python's `threading.Semaphore`.
 *
 * The permits of a thread that dies go back, and the next owner is told (`abandoned`).
 *
 * @example
 * const semaphore = new Semaphore(2);
 * const guard = await semaphore.acquire();
 * semaphore.value; // => 1
 * guard.release();
 * semaphore.release(); // one more than there were
 * semaphore.value; // => 3
 */
export class Semaphore extends Acquirable {
  readonly #permits: Permits;

  /**
   * @param permits - Default: 1. Or the memory of a copy that a message has brought: see `from()`.
   * @throws {RangeError} When that is no whole number, or less than 0.
   */
  constructor(permits: number | SharedMemory = 1, bounded = false) {
    const kind = bounded ? Kind.BoundedSemaphore : Kind.Semaphore;
    const own = new Permits(kind, permits, bounded);
    super(bounded ? BOUNDED : NAME, own, 0);
    this.#permits = own;
  }

  /** Gives the semaphore of which a message brought a copy, or the semaphore itself. @throws {TypeError} For anything else. */
  static from(value: unknown): Semaphore {
    return value instanceof Semaphore ? value : new Semaphore(memoryOf(value, NAME), false);
  }

  /** How many permits can be had at the moment. */
  get value(): number {
    return this.#permits.free;
  }

  /**
   * Gives permits back without their guards, first those that this thread has taken, then those of others; where none is taken, there are
   * more from then on. Python's `release()`.
   *
   * @param count - Default: 1.
   * @throws {RangeError} When `count` is no whole number or less than 1, or there would be more than a BoundedSemaphore had at first;
   *   nothing is given back then.
   */
  release(count = 1): void {
    this.#permits.giveBack(count);
  }
}

/**
 * A semaphore that never has more permits than at first. Python's `threading.BoundedSemaphore`.
 *
 * @example
 * const semaphore = new BoundedSemaphore(1);
 * try {
 *   semaphore.release();
 * } catch (error) {
 *   error.message; // => "more permits were given back than were taken"
 * }
 */
export class BoundedSemaphore extends Semaphore {
  /**
   * @param permits - Default: 1. Or the memory of a copy that a message has brought: see `from()`.
   * @throws {RangeError} When that is no whole number, or less than 0.
   */
  constructor(permits: number | SharedMemory = 1) {
    super(permits, true);
  }

  /** Gives the semaphore of which a message brought a copy, or the semaphore itself. @throws {TypeError} For anything else. */
  static override from(value: unknown): BoundedSemaphore {
    return value instanceof BoundedSemaphore
      ? value
      : new BoundedSemaphore(memoryOf(value, BOUNDED));
  }
}

registerShareable(NAME, (form) => Semaphore.from(form));
registerShareable(BOUNDED, (form) => BoundedSemaphore.from(form));
