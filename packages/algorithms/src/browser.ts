// The same names as of index.ts, of which only the hash is computed otherwise.
export {
  arcfour,
  ArcfourCipher,
  type ArcfourKeyOptions,
  type ArcfourOptions,
  type ArcfourOutputOptions,
} from "./arcfour.js";
export { arcfourJob } from "./arcfour-job.js";
export type { BinaryData } from "./binary-data.js";
export { isPrime, isPrimeTrialDivision } from "./prime.js";
export { createRandom, randomBytes, type Random } from "./random.js";
export type { ShaJob } from "./sha-job.js";
export { sha256Hex, shaJob } from "./sha256-browser.js";
export { countPrimes, primesUpTo } from "./sieve.js";
