import { ArcfourCipher } from "./arcfour.js";
import type { BinaryData } from "./binary-data.js";
import { checkSize, randomFiller } from "./random.js";

/** A job goes piece by piece: for as much memory as a large one has the system takes longer than the cipher. */
const PIECE_BYTES = 65_536;

/**
 * Encrypts `size` random bytes, decrypts them and compares: one job of the program `arcfour_futures.py` of
 * _Fluent Python_.
 *
 * @param size - How many bytes.
 * @param key - 1 to 256 bytes.
 * @param seed - Gives the same bytes again; without it they are unpredictable.
 * @returns `size`.
 * @throws {RangeError} For a `size` that is no integer from 0, a key that is empty or too long, or a seed that is no safe
 *   integer.
 * @throws {Error} If the bytes did not come back: that would be a bug here.
 * @example
 * arcfourJob(1024, Buffer.from("key")); // => 1024
 */
export function arcfourJob(size: number, key: BinaryData, seed?: number): number {
  checkSize(size);
  const fillRandomly = randomFiller(seed);
  const [encryption, decryption] = [new ArcfourCipher(key), new ArcfourCipher(key)];
  const memory = new Uint8Array(2 * Math.min(size, PIECE_BYTES));
  for (let done = 0; done < size; done += PIECE_BYTES) {
    const length = Math.min(size - done, PIECE_BYTES);
    const clear = memory.subarray(0, length);
    const result = memory.subarray(length, 2 * length);
    fillRandomly(clear);
    result.set(clear);
    encryption.update(result, { inPlace: true });
    decryption.update(result, { inPlace: true });
    for (let at = 0; at < length; at += 1) {
      if (result[at] !== clear[at]) {
        throw new Error("decrypting did not give back what was encrypted");
      }
    }
  }
  return size;
}
