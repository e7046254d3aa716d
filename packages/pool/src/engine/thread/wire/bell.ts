import { Atomics } from "../../../internal/platform.js";

/**
 * What a thread that stands still waits for: one word that all its workers share with it. Whoever has something for it counts the
 * word up and wakes it.
 */
export class Bell {
  readonly #word: Int32Array;

  constructor(readonly memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory);
  }

  static create(): Bell {
    return new Bell(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  }

  ring(): void {
    Atomics.add(this.#word, 0, 1);
    Atomics.notify(this.#word, 0);
  }

  /** How often it was rung. */
  get rings(): number {
    return Atomics.load(this.#word, 0);
  }

  /** Sleeps until it is rung once more than `rings`, for so many milliseconds at most. */
  wait(rings: number, ms: number): void {
    Atomics.wait(this.#word, 0, rings, ms);
  }
}
