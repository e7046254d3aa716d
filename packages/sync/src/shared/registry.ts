/** Threads are known by Node's `threadId`, which no other thread of the process gets again. So many of them can be known dead. */
const MAX_THREADS = 1 << 20;

const BIT_WORDS = MAX_THREADS / 32;
/** Bits: of the dead. Parents: one word for each thread, 0 where nobody said who made it. */
const Word = { Id0: 0, Id1: 1, Deaths: 2, Bits: 16, Parents: 16 + BIT_WORDS } as const;

/** In shared memory: which threads of the process are dead. All who meet at a lock look into the same one. */
export class Registry {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  private constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  static create(): Registry {
    // The system gives those pages that are written to.
    const bytes = (Word.Parents + MAX_THREADS) * Int32Array.BYTES_PER_ELEMENT;
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

  /** A thread does not outlive the one that made it, which alone would tell of its death. */
  isDead(thread: number): boolean {
    if (this.#isToldDead(thread)) return true;
    const parent = Atomics.load(this.#words, Word.Parents + thread) - 1;
    return parent >= 0 && this.isDead(parent);
  }

  #isToldDead(thread: number): boolean {
    return (Atomics.load(this.#words, Word.Bits + (thread >>> 5)) & (1 << (thread & 31))) !== 0;
  }

  tellParent(thread: number, parent: number): void {
    if (thread >= 0 && thread < MAX_THREADS) {
      Atomics.store(this.#words, Word.Parents + thread, parent + 1);
    }
  }

  tellDead(thread: number): void {
    if (thread < 0 || thread >= MAX_THREADS || this.#isToldDead(thread)) return;
    Atomics.or(this.#words, Word.Bits + (thread >>> 5), 1 << (thread & 31));
    Atomics.add(this.#words, Word.Deaths, 1);
  }

  /** Takes over what another knows. */
  learnFrom(other: Registry): void {
    if (other.deaths === 0) return;
    for (let at = Word.Bits; at < Word.Parents; at += 1) {
      Atomics.or(this.#words, at, Atomics.load(other.#words, at));
    }
    Atomics.add(this.#words, Word.Deaths, 1);
  }
}
