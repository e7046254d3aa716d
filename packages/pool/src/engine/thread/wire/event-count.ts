import { Atomics } from "../../../internal/platform.js";

/**
 * What a thread that stands still waits for: one word that all its workers share with it. Whoever has something for it counts the
 * word up and wakes it: an event count (Reed and Kanodia, 1979).
 */
export class EventCount {
  readonly #word: Int32Array;

  constructor(readonly memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory);
  }

  static create(): EventCount {
    return new EventCount(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  }

  advance(): void {
    Atomics.add(this.#word, 0, 1);
    Atomics.notify(this.#word, 0);
  }

  /** How often it was advanced. */
  get count(): number {
    return Atomics.load(this.#word, 0);
  }

  /** Sleeps until it is advanced beyond `count`, for so many milliseconds at most. */
  wait(count: number, ms: number): void {
    Atomics.wait(this.#word, 0, count, ms);
  }
}
