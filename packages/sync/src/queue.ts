import { QueueClosedError } from "./errors.js";
import { toItem, valueOf, type Item } from "./shared/items.js";
import { NO_LIMIT, type SyncWaitOptions, type WaitOptions } from "./shared/limits.js";
import { isShared, type SharedMemory } from "./shared/memory.js";
import { QueueState } from "./shared/queue-state.js";
import { ItemRing } from "./shared/ring.js";
import { formOf, memoryOf, registerShareable } from "./shared/shareable.js";
import { deadlineOf } from "./shared/waiting.js";

const NAME = "@concur/sync:Queue";
const MOST_ITEMS = 2 ** 30;
const MOST_BYTES = 2 ** 30;

/** Options of a queue. */
export interface QueueOptions {
  /** How many items it takes at most; default: 1024. */
  readonly maxSize?: number | undefined;
  /** Bytes of memory for the items, rounded up to a power of two; default: 1 MiB. A number takes 16. A larger item cannot be put. */
  readonly maxBytes?: number | undefined;
}

/**
 * Passes values from threads to threads, first in, first out: several may put, several may get. Who puts into a full queue waits, and who gets
 * from an empty one. Python's `queue.Queue`.
 *
 * Values are copied as by structured clone, into memory that the threads share, so no message is sent. SharedArrayBuffers, ports, and
 * what has them inside, such as a Lock, cannot go through it.
 *
 * @example
 * const queue = new Queue<number>({ maxSize: 2 });
 * await queue.put(1);
 * await queue.put(2);
 * queue.tryPut(3); // => false
 * queue.close();
 * const got = [];
 * for await (const value of queue) got.push(value);
 * got; // => [1, 2]
 */
export class Queue<T = unknown> {
  /** @internal */
  readonly concurShareable = NAME;
  /** @internal */
  readonly memory: SharedMemory;
  /** @internal */
  readonly items: SharedArrayBuffer;
  readonly #state: QueueState;
  readonly #maxBytes: number;

  /**
   * @param parts - Of a copy that a message has brought: see `from()`.
   * @throws {RangeError} When an option is no whole number, less than 1, or more than 2 ** 30.
   */
  constructor(
    { maxSize = 1024, maxBytes = 1 << 20 }: QueueOptions = {},
    parts?: { memory: SharedMemory; items: SharedArrayBuffer },
  ) {
    checkCount("maxSize", maxSize, MOST_ITEMS);
    checkCount("maxBytes", maxBytes, MOST_BYTES);
    this.items = parts?.items ?? new SharedArrayBuffer(powerOfTwo(maxBytes));
    const ring = new ItemRing(this.items);
    this.#maxBytes = ring.size;
    this.#state = new QueueState(ring, parts?.memory, maxSize);
    this.memory = this.#state.monitor.memory;
  }

  /** Gives the queue of which a message brought a copy, or the queue itself. @throws {TypeError} For anything else. */
  static from<T = unknown>(value: unknown): Queue<T> {
    if (value instanceof Queue) return value as Queue<T>;
    const memory = memoryOf(value, NAME);
    const { items } = formOf(value, NAME);
    if (!isShared(items)) throw new TypeError("this copy of a Queue has lost its memory");
    return new Queue<T>({}, { memory, items });
  }

  /** How many items are in it at the moment. Python's `qsize()`. */
  get size(): number {
    return this.#state.size;
  }

  get maxSize(): number {
    return this.#state.maxSize;
  }

  get closed(): boolean {
    return this.#state.isClosed;
  }

  /**
   * Takes nothing more from now on: `put()` throws, also for those who wait there. What is in it can still be got; then `get()` throws, and loops
   * over the queue end. Python's `shutdown()`.
   */
  close(): void {
    this.#state.close();
  }

  /**
   * Puts a value in, as soon as there is room.
   *
   * @throws {QueueClosedError} When it is or gets closed.
   * @throws {SerializationError} For a value that cannot be copied into it; {RangeError} for one that is larger than its memory.
   * @throws {TimeoutError} After `timeoutMs`, where Python raises `Full`; the reason of `signal`, or that for which the task at hand is to stop.
   */
  async put(value: T, options: WaitOptions = NO_LIMIT): Promise<void> {
    const deadline = deadlineOf(options);
    const item = this.#itemOf(value);
    const outcome = this.#state.put(item, true);
    if (typeof outcome !== "number") {
      if (outcome !== true) throw closedToPut();
      return;
    }
    await this.#state.granted(outcome, deadline, options.signal);
    if (!this.#state.putGranted(outcome, item)) throw closedToPut();
  }

  /** The same, blocking the thread. */
  putSync(value: T, options: SyncWaitOptions = NO_LIMIT): void {
    const deadline = deadlineOf(options);
    const item = this.#itemOf(value);
    const outcome = this.#state.put(item, true);
    if (outcome === true) return;
    if (typeof outcome !== "number") throw closedToPut();
    this.#state.grantedSync(outcome, deadline);
    if (!this.#state.putGranted(outcome, item)) throw closedToPut();
  }

  /** Puts a value in, if there is room at this moment and nobody waits for it; false if not. @throws {QueueClosedError} */
  tryPut(value: T): boolean {
    const outcome = this.#state.put(this.#itemOf(value), false);
    if (outcome === false) throw closedToPut();
    return outcome === true;
  }

  /**
   * Gets the oldest value, as soon as there is one.
   *
   * @throws {QueueClosedError} When it is closed and empty.
   * @throws {TimeoutError} After `timeoutMs`, where Python raises `Empty`; the reason of `signal`, or that for which the task at hand is to stop.
   */
  async get(options: WaitOptions = NO_LIMIT): Promise<T> {
    const deadline = deadlineOf(options);
    const outcome = this.#state.get(true);
    if (typeof outcome !== "number") return read(outcome) as T;
    await this.#state.granted(outcome, deadline, options.signal);
    return read(this.#state.getGranted(outcome)) as T;
  }

  /** The same, blocking the thread. */
  getSync(options: SyncWaitOptions = NO_LIMIT): T {
    const deadline = deadlineOf(options);
    const outcome = this.#state.get(true);
    if (typeof outcome !== "number") return read(outcome) as T;
    this.#state.grantedSync(outcome, deadline);
    return read(this.#state.getGranted(outcome)) as T;
  }

  /** Gets the oldest value, if there is one at this moment; undefined if not. @throws {QueueClosedError} When it is closed and empty. */
  tryGet(): { readonly value: T } | undefined {
    const outcome = this.#state.get(false);
    return outcome === undefined ? undefined : { value: read(outcome as Item | false) as T };
  }

  /** Gets values until the queue is closed and empty. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      let value: T;
      try {
        value = await this.get();
      } catch (error) {
        if (error instanceof QueueClosedError) return;
        throw error;
      }
      yield value;
    }
  }

  #itemOf(value: T): Item {
    const item = toItem(value);
    if (item.size > this.#maxBytes) {
      throw new RangeError(
        `a value of ${item.size} bytes does not fit into a Queue of ${this.#maxBytes}: give it more maxBytes`,
      );
    }
    return item;
  }
}

function read(item: Item | false | undefined): unknown {
  if (item === false || item === undefined) {
    throw new QueueClosedError("the queue is closed, and nothing is left in it");
  }
  return valueOf(item);
}

function closedToPut(): QueueClosedError {
  return new QueueClosedError("the queue is closed, and takes nothing more");
}

function checkCount(name: string, count: number, most: number): void {
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new RangeError(`${name} must be a whole number from 1 to ${most}, not ${count}`);
  }
}

function powerOfTwo(bytes: number): number {
  return 2 ** Math.max(6, Math.ceil(Math.log2(bytes)));
}

registerShareable(NAME, (form) => Queue.from(form));
