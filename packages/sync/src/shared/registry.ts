/** Threads are known by Node's `threadId`, which no other thread of the process gets again. So many of them can be known dead. */
const MAX_THREADS = 1 << 20;

const Word = { Id0: 0, Id1: 1, Deaths: 2, Bits: 16 } as const;

/** In shared memory: which threads of the process are dead. All who meet at a lock look into the same one. */
export class Registry {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  private constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  static create(): Registry {
    const bytes = (Word.Bits + MAX_THREADS / 32) * Int32Array.BYTES_PER_ELEMENT;
    const registry = new Registry(new SharedArrayBuffer(bytes));
    crypto.getRandomValues(new Uint32Array(2)).forEach((word, index) => {
      registry.#words[Word.Id0 + index] = word;
    });
    return registry;
  }

  static at(memory: SharedArrayBuffer): Registry {
    return new Registry(memory);
  }

  /** The same for the same memory, of which each thread has objects of its own. */
  get id(): string {
    return `${this.#words[Word.Id0] ?? 0}:${this.#words[Word.Id1] ?? 0}`;
  }

  /** How many deaths were told: whoever has seen another number has to look again. */
  get deaths(): number {
    return Atomics.load(this.#words, Word.Deaths);
  }

  isDead(thread: number): boolean {
    return (Atomics.load(this.#words, Word.Bits + (thread >>> 5)) & (1 << (thread & 31))) !== 0;
  }

  tellDead(thread: number): void {
    if (thread < 0 || thread >= MAX_THREADS || this.isDead(thread)) return;
    Atomics.or(this.#words, Word.Bits + (thread >>> 5), 1 << (thread & 31));
    Atomics.add(this.#words, Word.Deaths, 1);
  }

  /** Takes over what another knows. */
  learnFrom(other: Registry): void {
    if (other.deaths === 0) return;
    for (let at = Word.Bits; at < this.#words.length; at += 1) {
      Atomics.or(this.#words, at, Atomics.load(other.#words, at));
    }
    Atomics.add(this.#words, Word.Deaths, 1);
  }
}
