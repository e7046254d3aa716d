import { Fifo, type FifoNode } from "./fifo.js";

/** Higher priorities first, and within one first in, first out; any entry can leave in constant time. */
export class PriorityQueue<T> {
  readonly #queues = new Map<number, Fifo<T>>();
  /** The priorities in use, highest first. */
  #priorities: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds an entry behind those of its priority; what is returned takes it out again with `remove()`. */
  push(value: T, priority: number): FifoNode<T> {
    this.#size += 1;
    return this.#queue(priority).push(value);
  }

  /** Adds what is its own entry behind those of its priority. */
  pushEntry(entry: FifoNode<T>, priority: number): void {
    this.#size += 1;
    this.#queue(priority).pushNode(entry);
  }

  /** Puts an entry before those of its priority: it was taken out and comes back. */
  unshiftEntry(entry: FifoNode<T>, priority: number): void {
    this.#size += 1;
    this.#queue(priority).unshiftNode(entry);
  }

  /** Takes an entry out; false when it is out already. */
  remove(entry: FifoNode<T>, priority: number): boolean {
    const queue = this.#queues.get(priority);
    if (!queue?.remove(entry)) return false;
    this.#size -= 1;
    this.#closeIfEmpty(queue, priority);
    return true;
  }

  /** Gives the entry that comes next, and leaves it there. */
  peek(): T | undefined {
    for (const priority of this.#priorities) {
      const queue = this.#queues.get(priority);
      if (queue !== undefined && queue.size > 0) return queue.peek();
    }
    return undefined;
  }

  shift(): T | undefined {
    for (const priority of this.#priorities) {
      const queue = this.#queues.get(priority);
      const node = queue?.shift();
      if (queue !== undefined && node !== undefined) {
        this.#size -= 1;
        this.#closeIfEmpty(queue, priority);
        return node.value;
      }
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<T, void> {
    for (const priority of this.#priorities) yield* this.#queues.get(priority) ?? [];
  }

  #queue(priority: number): Fifo<T> {
    const open = this.#queues.get(priority);
    if (open !== undefined) return open;
    const queue = new Fifo<T>();
    this.#queues.set(priority, queue);
    this.#priorities = [...this.#priorities, priority].sort((a, b) => b - a);
    return queue;
  }

  /** The last queue stays: an executor that is idle now and then would open and close it all the time. */
  #closeIfEmpty(queue: Fifo<T>, priority: number): void {
    if (queue.size > 0 || this.#priorities.length === 1) return;
    this.#queues.delete(priority);
    this.#priorities = this.#priorities.filter((one) => one !== priority);
  }
}
