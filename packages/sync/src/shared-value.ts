import { refusePromise } from "./shared/refuse-promise.js";
import { RLock } from "./rlock.js";
import {
  createMemory,
  elementTypeOf,
  numbersIn,
  viewOf,
  type Element,
  type ElementType,
  type Numbers,
} from "./shared/elements.js";
import { isShared } from "./shared/memory.js";
import { formOf, registerShareable } from "./shared/shareable.js";

const NAME = "@concur/sync:SharedValue";

/**
 * One number in memory that threads share, with a lock for steps that are more than one read or write. Python's `multiprocessing.Value`.
 *
 * @example
 * const count = new SharedValue("int32", 40);
 * count.update((value) => value + 2); // => 42
 * count.value; // => 42
 */
export class SharedValue<T extends ElementType = ElementType> {
  /** @internal */
  readonly concurShareable = NAME;
  readonly type: T;
  /** Protects the number, as long as all who use it take it. */
  readonly lock: RLock;
  /** @internal */
  readonly data: SharedArrayBuffer;
  readonly #numbers: Numbers<T>;

  /**
   * @param type - What it is, such as `"float64"`.
   * @param value - Default: 0.
   * @param lock - Default: one of its own.
   */
  constructor(type: T, value?: Element<T> | SharedArrayBuffer, lock: RLock = new RLock()) {
    this.type = elementTypeOf(type);
    this.lock = lock;
    this.data = isShared(value) ? value : createMemory(this.type, 1);
    this.#numbers = numbersIn(viewOf<T>(this.type, this.data));
    if (value !== undefined && !isShared(value)) this.value = value;
  }

  /** Gives the value of which a message brought a copy, or the value itself. @throws {TypeError} For anything else. */
  static from<T extends ElementType>(value: unknown): SharedValue<T> {
    if (value instanceof SharedValue) return value as SharedValue<T>;
    const { type, data, lock } = formOf(value, NAME);
    if (!isShared(data)) throw new TypeError("this copy of a SharedValue has lost its memory");
    return new SharedValue(elementTypeOf(type) as T, data, RLock.from(lock));
  }

  /** The number, without its lock: a read and a write are each one step, `value += 1` is two. */
  get value(): Element<T> {
    return this.#numbers[0] as Element<T>;
  }

  set value(value: Element<T>) {
    this.#numbers[0] = value;
  }

  /** Changes the number while it has the lock; blocks the thread until it has it. Gives the new number. @throws What `RLock.runSync()` throws. */
  update(change: (value: Element<T>) => Element<T>): Element<T> {
    return this.lock.runSync(() => {
      this.value = refusePromise(change(this.value), "update() takes no async function");
      // As it is kept: 127 + 1 is -128 among numbers of eight bits.
      return this.value;
    });
  }
}

registerShareable(NAME, (form) => SharedValue.from(form));
