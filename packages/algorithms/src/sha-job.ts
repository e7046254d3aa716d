import type { BinaryData } from "./binary-data.js";
import { randomBytes } from "./random.js";

/**
 * Hashes `size` random bytes.
 *
 * @param size - How many bytes.
 * @param seed - Gives the same bytes again; without it they are unpredictable.
 * @returns 64 hexadecimal digits.
 * @throws {RangeError} For a `size` that is no integer from 0, or a seed that is no safe integer.
 */
export type ShaJob = (size: number, seed?: number) => string;

/** Makes the job of a platform from the hash that the platform has. */
export function shaJobWith(sha256Hex: (data: BinaryData) => string): ShaJob {
  return (size, seed) => sha256Hex(randomBytes(size, seed));
}
