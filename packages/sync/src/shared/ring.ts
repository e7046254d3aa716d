/** What an item is. */
export const ItemKind = {
  Undefined: 0,
  Null: 1,
  False: 2,
  True: 3,
  Number: 4,
  Bytes: 5,
  /** Anything else, in V8's format. */
  Value: 6,
} as const;

const ITEM_HEADER = 8;

/** Bytes that an item takes with this many of its own. */
export function itemSize(bytes: number): number {
  return ITEM_HEADER + ((bytes + 7) & ~7);
}

/**
 * Items one after the other in shared memory, whose size is a power of two. Positions count on without end; an item may go
 * over the end of the memory. Its header, and a number, never do.
 */
export class ItemRing {
  readonly size: number;
  readonly #mask: number;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.size = memory.byteLength;
    this.#mask = this.size - 1;
    this.#words = new Int32Array(memory);
    this.#numbers = new Float64Array(memory);
    this.#bytes = new Uint8Array(memory);
  }

  writeNumber(at: number, value: number): void {
    this.#header(at, ItemKind.Number, 8);
    this.#numbers[((at + ITEM_HEADER) & this.#mask) >> 3] = value;
  }

  writeBytes(at: number, kind: number, bytes: Uint8Array): void {
    this.#header(at, kind, bytes.length);
    const start = (at + ITEM_HEADER) & this.#mask;
    const first = Math.min(bytes.length, this.size - start);
    if (first === bytes.length) {
      this.#bytes.set(bytes, start);
    } else {
      this.#bytes.set(bytes.subarray(0, first), start);
      this.#bytes.set(bytes.subarray(first), 0);
    }
  }

  kindAt(at: number): number {
    return this.#words[(at & this.#mask) >> 2] ?? 0;
  }

  lengthAt(at: number): number {
    return this.#words[((at & this.#mask) >> 2) + 1] ?? 0;
  }

  /** How many bytes the item there takes. */
  sizeAt(at: number): number {
    return itemSize(this.lengthAt(at));
  }

  numberAt(at: number): number {
    return this.#numbers[((at + ITEM_HEADER) & this.#mask) >> 3] ?? 0;
  }

  /** Gives a copy. */
  bytesAt(at: number): Uint8Array<ArrayBuffer> {
    const length = this.lengthAt(at);
    const copy = new Uint8Array(length);
    const start = (at + ITEM_HEADER) & this.#mask;
    const first = Math.min(length, this.size - start);
    copy.set(this.#bytes.subarray(start, start + first));
    if (first < length) copy.set(this.#bytes.subarray(0, length - first), first);
    return copy;
  }

  #header(at: number, kind: number, length: number): void {
    const word = (at & this.#mask) >> 2;
    this.#words[word] = kind;
    this.#words[word + 1] = length;
  }
}
