/** A source of random numbers that gives the same ones for the same seed, on every machine. */
export interface Random {
  /** Gives an integer from 0 to 2³² − 1. */
  uint32(): number;
  /**
   * Gives an integer from 0 to before `limit`, each as likely as the others.
   *
   * @throws {RangeError} For a `limit` that is no integer from 1 to 2³².
   */
  below(limit: number): number;
  /**
   * Gives `size` bytes: those of `uint32()`, the lowest first, and the rest of the last one is dropped.
   *
   * @throws {RangeError} For a `size` that is no integer from 0.
   */
  bytes(size: number): Uint8Array;
}

const UINT32_COUNT = 2 ** 32;

/**
 * Splits one seed into the four words of the generator's state: SplitMix32, the finaliser of MurmurHash3 over a Weyl
 * sequence. Seeds that are close to each other then begin far apart.
 */
function* splitMix32(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (state + 0x9e37_79b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x85eb_ca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2_ae35);
    yield mixed ^ (mixed >>> 16);
  }
}

const rotateLeft = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** The generator xoshiro128** 1.1 of David Blackman and Sebastiano Vigna, from a state that is not all zeros. */
export class Xoshiro128 implements Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(a: number, b: number, c: number, d: number) {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
  }

  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result >>> 0;
  }

  below(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > UINT32_COUNT) {
      throw new RangeError(`limit must be an integer from 1 to 4294967296, not ${limit}`);
    }
    // Numbers from the incomplete last group would make the small remainders likelier.
    const fair = UINT32_COUNT - (UINT32_COUNT % limit);
    let drawn = this.uint32();
    while (drawn >= fair) drawn = this.uint32();
    return drawn % limit;
  }

  bytes(size: number): Uint8Array {
    checkSize(size);
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 4) {
      // Beyond the end a typed array takes nothing.
      const word = this.uint32();
      bytes[at] = word;
      bytes[at + 1] = word >>> 8;
      bytes[at + 2] = word >>> 16;
      bytes[at + 3] = word >>> 24;
    }
    return bytes;
  }
}

/**
 * Begins a sequence of random numbers that is the same for the same seed: for jobs that can be repeated, not for secrets.
 *
 * @param seed - An integer; only its lowest 32 bits count.
 * @throws {RangeError} For a seed that is no safe integer.
 * @example
 * const random = createRandom(42);
 * [random.below(6), random.below(6), random.below(6)]; // => [0, 1, 2]
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`seed must be a safe integer, not ${seed}`);
  }
  const words = splitMix32(seed | 0);
  return new Xoshiro128(
    words.next().value,
    words.next().value,
    words.next().value,
    words.next().value,
  );
}

/** What `crypto.getRandomValues` gives at most at a time. */
const QUOTA_BYTES = 65_536;

/**
 * Gives `size` random bytes: those of `createRandom(seed)`, or without a seed unpredictable ones from the system.
 *
 * @throws {RangeError} For a `size` that is no integer from 0, or a seed that is no safe integer.
 * @example
 * Buffer.from(randomBytes(4, 42)).toString("hex"); // => "ac1c1ea9"
 */
export function randomBytes(size: number, seed?: number): Uint8Array {
  if (seed !== undefined) return createRandom(seed).bytes(size);
  checkSize(size);
  const bytes = new Uint8Array(size);
  fillUnpredictably(bytes);
  return bytes;
}

/** Gives the bytes of {@link randomBytes} piece by piece; but for the last one, with a seed, pieces of a multiple of 4 bytes. */
export function randomFiller(seed?: number): (bytes: Uint8Array) => void {
  if (seed === undefined) return fillUnpredictably;
  const random = createRandom(seed);
  return (bytes) => {
    bytes.set(random.bytes(bytes.length));
  };
}

function fillUnpredictably(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += QUOTA_BYTES) {
    crypto.getRandomValues(bytes.subarray(at, at + QUOTA_BYTES));
  }
}

/** Throws unless `size` is a count of bytes. */
export function checkSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new RangeError(`size must be an integer from 0, not ${size}`);
  }
}
