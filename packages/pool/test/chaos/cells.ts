import type { SharedCells } from "../fixtures/chaos-tasks.mjs";

/** So many threads can be told apart by their numbers. */
const THREADS = 4096;

/** What really happened: two counters per call, in memory that is shared with the workers. */
export class Cells {
  readonly shared: SharedCells;
  #next = 0;

  constructor(readonly size: number) {
    const words = (count: number): Int32Array =>
      new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
    this.shared = { begun: words(size), ended: words(size), up: words(THREADS) };
  }

  /** Takes so many numbers for calls; gives the first. */
  take(count = 1): number {
    const first = this.#next;
    this.#next += count;
    if (this.#next > this.size) throw new RangeError("there are no more cells");
    return first;
  }

  get taken(): number {
    return this.#next;
  }

  begun(id: number): number {
    return Atomics.load(this.shared.begun, id);
  }

  ended(id: number): number {
    return Atomics.load(this.shared.ended, id);
  }

  /** Says whether the thread is through with its initializer. */
  isUp(threadId: number): boolean {
    return Atomics.load(this.shared.up, threadId % THREADS) === 1;
  }
}
