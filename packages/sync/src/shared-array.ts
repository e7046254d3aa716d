import { RLock } from "./rlock.js";
import {
  createMemory,
  elementTypeOf,
  viewOf,
  type Element,
  type ElementType,
  type View,
} from "./shared/elements.js";
import { isShared } from "./shared/memory.js";
import { formOf, registerShareable } from "./shared/shareable.js";

const NAME = "@concur/sync:SharedArray";

/**
 * Numbers in memory that threads share, with a lock for steps that are more than one read or write. Python's `multiprocessing.Array`.
 *
 * @example
 * const counts = new SharedArray("int32", [1, 2, 3]);
 * counts.lock.runSync(() => {
 *   counts.view[0] += 1;
 * });
 * [...counts.view]; // => [2, 2, 3]
 */
export class SharedArray<T extends ElementType = ElementType> {
  /** @internal */
  readonly concurShareable = NAME;
  readonly type: T;
  /** Protects the numbers, as long as all who use them take it. */
  readonly lock: RLock;
  /** @internal */
  readonly data: SharedArrayBuffer;
  readonly #view: View<T>;

  /**
   * @param type - What its elements are, such as `"float64"`.
   * @param values - How many, all 0 at first; or the elements.
   * @param lock - Default: one of its own.
   */
  constructor(
    type: T,
    values: number | Iterable<Element<T>> | SharedArrayBuffer,
    lock: RLock = new RLock(),
  ) {
    this.type = elementTypeOf(type);
    this.lock = lock;
    this.data = isShared(values) ? values : createMemory(this.type, values);
    this.#view = viewOf(this.type, this.data);
  }

  /** Gives the array of which a message brought a copy, or the array itself. @throws {TypeError} For anything else. */
  static from<T extends ElementType>(value: unknown): SharedArray<T> {
    if (value instanceof SharedArray) return value as SharedArray<T>;
    const { type, data, lock } = formOf(value, NAME);
    if (!isShared(data)) throw new TypeError("this copy of a SharedArray has lost its memory");
    return new SharedArray(elementTypeOf(type) as T, data, RLock.from(lock));
  }

  get length(): number {
    return this.#view.length;
  }

  /** The numbers themselves: what is written there, other threads can read. */
  get view(): View<T> {
    return this.#view;
  }
}

registerShareable(NAME, (form) => SharedArray.from(form));
