const BYTES = 0;
const SHARES = 1;
/** Fractions of files are counted in parts of this size: shared memory adds whole numbers only. */
const PARTS_OF_A_FILE = 1e9;

/**
 * Counts what has come of files that are not done yet, in memory that all threads share: to look at it takes no message
 * from any of them.
 */
export class TransferMeter {
  readonly #cells: BigInt64Array;

  /** @param memory - From {@link newMemory}, made in this thread or in another one. */
  constructor(memory: SharedArrayBuffer) {
    this.#cells = new BigInt64Array(memory);
  }

  /** Makes the memory of one meter. */
  static newMemory(): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
  }

  /** Bytes that came and that no finished file accounts for. */
  get bytes(): number {
    return this.#read(BYTES);
  }

  /** How many files these are, counted in fractions: two that are half there are one. */
  get files(): number {
    return this.#read(SHARES) / PARTS_OF_A_FILE;
  }

  /** Counts more, or takes back what was counted. */
  add(bytes: number, parts: number): void {
    Atomics.add(this.#cells, BYTES, BigInt(bytes));
    Atomics.add(this.#cells, SHARES, BigInt(parts));
  }

  /** A finished file accounts for itself: its bytes are counted elsewhere from now on. */
  takeOver(bytes: number): void {
    this.add(-bytes, -PARTS_OF_A_FILE);
  }

  /** Below zero is only what was taken over without having been counted. */
  #read(cell: number): number {
    return Math.max(0, Number(Atomics.load(this.#cells, cell)));
  }
}

/** Says which part of a file has come, in the units of {@link TransferMeter.add}. */
export function partsOf(byteLength: number, totalBytes: number): number {
  if (totalBytes === 0) return PARTS_OF_A_FILE;
  return Math.floor((Math.min(byteLength, totalBytes) / totalBytes) * PARTS_OF_A_FILE);
}
