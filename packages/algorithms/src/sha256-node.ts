import { createHash } from "node:crypto";
import { viewBytes, type BinaryData } from "./binary-data.js";
import { shaJobWith, type ShaJob } from "./sha-job.js";

/**
 * Computes the SHA-256 digest of `data` (FIPS 180-4) as 64 hexadecimal digits.
 *
 * In Node by OpenSSL; in a browser by JavaScript, since what browsers have for it answers later only.
 *
 * @throws {TypeError} For data that is not binary.
 * @example
 * sha256Hex(Buffer.from("abc")).slice(0, 16); // => "ba7816bf8f01cfea"
 */
export function sha256Hex(data: BinaryData): string {
  return createHash("sha256").update(viewBytes(data, "data")).digest("hex");
}

/**
 * Hashes `size` random bytes: one job of the program `futures_sha.py` of _Fluent Python_.
 *
 * @param size - How many bytes.
 * @param seed - Gives the same bytes again; without it they are unpredictable.
 * @returns 64 hexadecimal digits.
 * @throws {RangeError} For a `size` that is no integer from 0, or a seed that is no safe integer.
 * @example
 * shaJob(1024, 42) === shaJob(1024, 42); // => true
 */
export const shaJob: ShaJob = shaJobWith(sha256Hex);
