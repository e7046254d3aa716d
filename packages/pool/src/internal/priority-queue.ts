import { Fifo, type FifoNode } from "./fifo.js";

/** Higher priorities first, and within one the order of arrival; any entry can leave in constant time. */
export class PriorityQueue<T> {
  readonly #lines = new Map<number, Fifo<T>>();
  /** The priorities in use, highest first. */
  #priorities: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds an entry behind those of its priority; what is returned takes it out again with `remove()`. */
  push(value: T, priority: number): FifoNode<T> {
    this.#size += 1;
    return this.#line(priority).push(value);
  }

  /** Adds what is its own entry behind those of its priority. */
  pushEntry(entry: FifoNode<T>, priority: number): void {
    this.#size += 1;
    this.#line(priority).pushNode(entry);
  }

  /** Puts an entry before those of its priority: it was taken out and comes back. */
  unshiftEntry(entry: FifoNode<T>, priority: number): void {
    this.#size += 1;
    this.#line(priority).unshiftNode(entry);
  }

  /** Takes an entry out; false when it is out already. */
  remove(entry: FifoNode<T>, priority: number): boolean {
    const line = this.#lines.get(priority);
    if (!line?.remove(entry)) return false;
    this.#size -= 1;
    this.#closeIfEmpty(line, priority);
    return true;
  }

  /** Gives the entry that comes next, and leaves it there. */
  peek(): T | undefined {
    for (const priority of this.#priorities) {
      const line = this.#lines.get(priority);
      if (line !== undefined && line.size > 0) return line.peek();
    }
    return undefined;
  }

  shift(): T | undefined {
    for (const priority of this.#priorities) {
      const line = this.#lines.get(priority);
      const node = line?.shift();
      if (line !== undefined && node !== undefined) {
        this.#size -= 1;
        this.#closeIfEmpty(line, priority);
        return node.value;
      }
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<T, void> {
    for (const priority of this.#priorities) yield* this.#lines.get(priority) ?? [];
  }

  #line(priority: number): Fifo<T> {
    const open = this.#lines.get(priority);
    if (open !== undefined) return open;
    const line = new Fifo<T>();
    this.#lines.set(priority, line);
    this.#priorities = [...this.#priorities, priority].sort((a, b) => b - a);
    return line;
  }

  /** The last line stays: an executor that is idle now and then would open and close it all the time. */
  #closeIfEmpty(line: Fifo<T>, priority: number): void {
    if (line.size > 0 || this.#priorities.length === 1) return;
    this.#lines.delete(priority);
    this.#priorities = this.#priorities.filter((one) => one !== priority);
  }
}
