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

  /** Adds an entry and returns the function that takes it out again: false when it is out already. */
  push(value: T, priority: number): () => boolean {
    const line = this.#lines.get(priority) ?? this.#open(priority);
    const node = line.push(value);
    this.#size += 1;
    return () => this.#leave(line, node, priority);
  }

  shift(): T | undefined {
    for (const priority of this.#priorities) {
      const line = this.#lines.get(priority);
      const node = line?.shift();
      if (node !== undefined) {
        this.#size -= 1;
        if (line?.size === 0) this.#close(priority);
        return node.value;
      }
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<T, void> {
    for (const priority of this.#priorities) yield* this.#lines.get(priority) ?? [];
  }

  #leave(line: Fifo<T>, node: FifoNode<T>, priority: number): boolean {
    if (!line.remove(node)) return false;
    this.#size -= 1;
    if (line.size === 0) this.#close(priority);
    return true;
  }

  #open(priority: number): Fifo<T> {
    const line = new Fifo<T>();
    this.#lines.set(priority, line);
    this.#priorities = [...this.#priorities, priority].sort((a, b) => b - a);
    return line;
  }

  #close(priority: number): void {
    this.#lines.delete(priority);
    this.#priorities = this.#priorities.filter((one) => one !== priority);
  }
}
