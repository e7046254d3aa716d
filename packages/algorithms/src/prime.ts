import { isStrongLucasProbablePrime } from "./lucas.js";
import { isPrimeByAllBases, isPrimeByBases, isStrongProbablePrimeBig } from "./miller-rabin.js";

const SMALL_PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

/**
 * Tells whether `n` is prime: without error for every safe integer and every bigint below 2⁶⁴, by Miller–Rabin with
 * bases that are proven to suffice; above that by the test of Baillie and PSW, of which no failure is known.
 *
 * Numbers below 2, negative ones included, are not prime.
 *
 * @throws {RangeError} For a number that is NaN, infinite, fractional, or beyond ±(2⁵³ − 1): there a number can be another
 *   one than was written. Use a bigint.
 * @throws {TypeError} For anything else than a number or bigint.
 * @example
 * isPrime(112272535095293); // => true
 * isPrime(2n ** 127n - 1n); // => true
 */
export function isPrime(n: number | bigint): boolean {
  if (typeof n === "number") return isPrimeNumber(checkSafeInteger(n));
  if (typeof n !== "bigint") throw new TypeError(`n must be a number or bigint, not ${typeof n}`);
  if (n <= BigInt(Number.MAX_SAFE_INTEGER)) return n > 0n && isPrimeNumber(Number(n));
  if (SMALL_PRIMES.some((prime) => n % BigInt(prime) === 0n)) return false;
  if (n < 1n << 64n) return isPrimeByAllBases(n);
  return isStrongProbablePrimeBig(n, 2n) && isStrongLucasProbablePrime(n);
}

function isPrimeNumber(n: number): boolean {
  if (n < 2) return false;
  for (const prime of SMALL_PRIMES) {
    if (n % prime === 0) return n === prime;
  }
  return n < 41 * 41 || isPrimeByBases(n);
}

/**
 * Tells whether `n` is prime by dividing it by every odd number up to its root: slow on purpose, work for a processor.
 *
 * Counterpart of `is_prime` in the thread pool example of _Fluent Python_, with 2, 1 and negative numbers put right. A
 * prime near 10¹⁴ takes some milliseconds, and the time grows with the root.
 *
 * @throws {RangeError} For what is no safe integer.
 * @example
 * isPrimeTrialDivision(1099726899285419); // => false
 */
export function isPrimeTrialDivision(n: number): boolean {
  checkSafeInteger(n);
  if (n < 2) return false;
  if (n % 2 === 0) return n === 2;
  const root = Math.floor(Math.sqrt(n));
  for (let divisor = 3; divisor <= root; divisor += 2) {
    // Exact below 2⁵³: a quotient that is no integer is at least 1 / divisor away from one, which is more than rounding
    // moves it. Several times as fast as n % divisor, for which there is no instruction on doubles.
    const quotient = n / divisor;
    if (quotient === Math.floor(quotient)) return false;
  }
  return true;
}

function checkSafeInteger(n: number): number {
  if (!Number.isSafeInteger(n)) {
    throw new RangeError(`n must be a safe integer or a bigint, not ${n}`);
  }
  return n;
}
