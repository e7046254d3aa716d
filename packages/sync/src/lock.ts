import { Acquirable } from "./shared/acquirable.js";
import { Mode } from "./shared/holding.js";
import { Kind } from "./shared/layout.js";
import type { SharedMemory } from "./shared/memory.js";
import { Ownership, ownerships } from "./shared/ownership.js";
import { memoryOf, registerShareable } from "./shared/shareable.js";

const NAME = "@concur/sync:Lock";

/**
 * Lets one caller at a time in, of all threads and of all async callers of each. Python's `threading.Lock`.
 *
 * It goes to other threads as an argument of a task of `@concur/pool`, or by `postMessage` and `Lock.from()`.
 *
 * @example
 * const lock = new Lock();
 * let count = 0;
 * const add = () => lock.run(async () => {
 *   const before = count;
 *   await null;
 *   count = before + 1;
 * });
 * await Promise.all([add(), add(), add()]);
 * count; // => 3
 */
export class Lock extends Acquirable {
  readonly #ownership: Ownership;

  /** @param memory - Of a copy that a message has brought: see `from()`. */
  constructor(memory?: SharedMemory) {
    const ownership = new Ownership(Kind.Lock, "a Lock", memory);
    super(NAME, ownership, Mode.Exclusive);
    this.#ownership = ownership;
    ownerships.set(this, ownership);
  }

  /**
   * Gives the lock of which a message brought a copy, or the lock itself.
   *
   * @throws {TypeError} For anything else.
   * @example
   * const lock = new Lock();
   * Lock.from(structuredClone(lock)).tryAcquire()?.abandoned; // => false
   * lock.locked; // => true
   */
  static from(value: unknown): Lock {
    return value instanceof Lock ? value : new Lock(memoryOf(value, NAME));
  }

  /** Whether anybody has it at the moment. */
  get locked(): boolean {
    return this.#ownership.monitor.held > 0;
  }
}

registerShareable(NAME, (form) => Lock.from(form));
