/** A place in a Fifo, to leave it from the middle; what is queued can be its own place. */
export interface FifoNode<T> {
  readonly value: T;
  previous: FifoNode<T> | undefined;
  next: FifoNode<T> | undefined;
  queued: boolean;
}

/** First in, first out, with every operation in constant time: `Array.shift()` gets slow above some 50 000 items. */
export class Fifo<T> {
  #first: FifoNode<T> | undefined;
  #last: FifoNode<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(value: T): FifoNode<T> {
    const node: FifoNode<T> = { value, previous: undefined, next: undefined, queued: false };
    this.pushNode(node);
    return node;
  }

  pushNode(node: FifoNode<T>): void {
    node.queued = true;
    node.previous = this.#last;
    if (this.#last === undefined) this.#first = node;
    else this.#last.next = node;
    this.#last = node;
    this.#size += 1;
  }

  /** Puts a node before all others: it was here earlier. */
  unshiftNode(node: FifoNode<T>): void {
    node.queued = true;
    node.next = this.#first;
    if (this.#first === undefined) this.#last = node;
    else this.#first.previous = node;
    this.#first = node;
    this.#size += 1;
  }

  peek(): T | undefined {
    return this.#first?.value;
  }

  /** Takes the oldest node out. */
  shift(): FifoNode<T> | undefined {
    const node = this.#first;
    if (node !== undefined) this.remove(node);
    return node;
  }

  /** Takes a node out wherever it stands; false when it is out already. */
  remove(node: FifoNode<T>): boolean {
    if (!node.queued) return false;
    node.queued = false;
    if (node.previous === undefined) this.#first = node.next;
    else node.previous.next = node.next;
    if (node.next === undefined) this.#last = node.previous;
    else node.next.previous = node.previous;
    node.previous = undefined;
    node.next = undefined;
    this.#size -= 1;
    return true;
  }

  *[Symbol.iterator](): Generator<T, void> {
    for (let node = this.#first; node !== undefined; node = node.next) yield node.value;
  }
}
