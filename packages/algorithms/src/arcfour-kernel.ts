/** How many entries the state of the cipher has, and how many bytes a key has at most. */
export const STATE_SIZE = 256;

/** A key stream at some place: what encrypts and, being XOR, decrypts. */
export interface KeyStream {
  /** Encrypts `input` into `output`, which is as long and may be the same memory, and moves on by that many bytes. */
  crypt(input: Uint8Array, output: Uint8Array): void;
  /** Says that this stream will not be used again. */
  end(): void;
}

/** One way to compute the cipher. Its callers have checked what they hand over. */
export interface ArcfourKernel {
  /** Begins a key stream, after `loops` rounds of mixing the state with the key. */
  begin(key: Uint8Array, loops: number): KeyStream;
}
