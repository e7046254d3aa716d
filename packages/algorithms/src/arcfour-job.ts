import { arcfour } from "./arcfour.js";
import type { BinaryData } from "./binary-data.js";
import { randomBytes } from "./random.js";

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
  const clear = randomBytes(size, seed);
  const result = arcfour(key, arcfour(key, clear), { inPlace: true });
  for (let at = 0; at < size; at += 1) {
    if (result[at] !== clear[at]) {
      throw new Error("decrypting did not give back what was encrypted");
    }
  }
  return size;
}
