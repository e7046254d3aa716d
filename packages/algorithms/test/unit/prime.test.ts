import { isPrime, isPrimeTrialDivision, primesUpTo } from "../../src/index.js";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { multiplyModulo } from "../../src/modular.js";

/** The numbers of the thread pool example of the book, and what is true of them. */
const BOOK: readonly (readonly [n: number, prime: boolean])[] = [
  [112272535095293, true],
  [112582705942171, true],
  [112272535095293, true],
  [115280095190773, true],
  [115797848077099, true],
  [1099726899285419, false],
  [112545606449, false],
  [4894348954034, false],
  [4236544062, false],
  [11112324353465, false],
  [12134123432, false],
  [423578924023, false],
  [12433323433, true],
  [12334452364, false],
];

/** OEIS A014233: the least strong pseudoprime to the first 1, 2, 3, … primes. */
const PSI = [
  2047n,
  1373653n,
  25326001n,
  3215031751n,
  2152302898747n,
  3474749660383n,
  341550071728321n,
  3825123056546413051n,
  318665857834031151167461n,
  3317044064679887385961981n,
];

/** OEIS A002997: Carmichael numbers, which deceive the test of Fermat for every base. */
const CARMICHAEL = [561, 1105, 1729, 2465, 2821, 6601, 8911, 10585, 15841, 29341, 41041, 825265];

/** OEIS A001262: strong pseudoprimes to base 2. A217255: strong Lucas pseudoprimes. */
const STRONG_BASE_2 = [2047, 3277, 4033, 4681, 8321, 15841, 29341, 42799, 49141, 52633, 65281];
const STRONG_LUCAS = [5459, 5777, 10877, 16109, 18971, 22499, 24569, 25199, 40309, 58519, 75077];

describe("isPrime", () => {
  test.each(BOOK)("FL28: %d is prime: %p", (n, prime) => {
    expect(isPrime(n)).toBe(prime);
    expect(isPrime(BigInt(n))).toBe(prime);
    expect(isPrimeTrialDivision(n)).toBe(prime);
  });

  test.each([...PSI, ...[...CARMICHAEL, ...STRONG_BASE_2, ...STRONG_LUCAS].map(BigInt)])(
    "is not deceived by the pseudoprime %d",
    (n) => {
      expect(isPrime(n)).toBe(false);
      expect(isPrime(n < Number.MAX_SAFE_INTEGER ? Number(n) : n)).toBe(false);
    },
  );

  // 2^53 − 111 is the largest prime below 2^53 (OEIS A013603); 2^64 − 59 the largest below 2^64.
  test("knows the primes at the edge of the safe integers", () => {
    const found: number[] = [];
    for (let n = Number.MAX_SAFE_INTEGER; n > 2 ** 53 - 112; n -= 1) if (isPrime(n)) found.push(n);
    expect(found).toEqual([2 ** 53 - 111]);
    expect(isPrime(2n ** 53n + 5n)).toBe(true);
    expect(isPrime(9999999999999917n)).toBe(true);
    expect(isPrime(9999999999999999n)).toBe(false);
  });

  test("knows the primes on both sides of 2^64", () => {
    const near = (from: bigint, to: bigint) => {
      const found: bigint[] = [];
      for (let n = from; n <= to; n += 1n) if (isPrime(n)) found.push(n - 2n ** 64n);
      return found;
    };
    expect(near(2n ** 64n - 59n, 2n ** 64n + 13n)).toEqual([-59n, 13n]);
  });

  // OEIS A000043: the exponents of the primes among 2^p − 1.
  test("finds exactly the Mersenne primes up to 2^521 − 1", () => {
    const exponents = [...primesUpTo(521)].filter((p) => isPrime(2n ** BigInt(p) - 1n));
    expect(exponents).toEqual([2, 3, 5, 7, 13, 17, 19, 31, 61, 89, 107, 127, 521]);
  });

  test("refuses squares and products of large primes", () => {
    const primes = [2n ** 61n - 1n, 2n ** 89n - 1n, 2n ** 107n - 1n];
    for (const a of primes) for (const b of primes) expect(isPrime(a * b)).toBe(false);
  });

  test("a number and its bigint are the same question", () => {
    const big = fc.integer({ min: 2 ** 40, max: Number.MAX_SAFE_INTEGER });
    const property = (n: number) => {
      // Beyond 2^53 the same number goes the other way: by bigints.
      const factor = 2n ** 61n - 1n;
      expect(isPrime(BigInt(n))).toBe(isPrime(n));
      expect(isPrime(BigInt(n) * factor)).toBe(false);
    };
    fc.assert(fc.property(big, property), { numRuns: 200 });
  });

  test.each([0, 1, -1, -2, -7, -0])("%d is not prime", (n) => {
    expect(isPrime(n)).toBe(false);
    expect(isPrime(BigInt(n))).toBe(false);
    expect(isPrimeTrialDivision(n)).toBe(false);
  });

  test("a very negative bigint is not prime", () => {
    expect(isPrime(-(2n ** 89n) + 1n)).toBe(false);
  });

  test.each([NaN, 2.5, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 1e300])("refuses %d", (n) => {
    const error = new RangeError(`n must be a safe integer or a bigint, not ${n}`);
    expect(() => isPrime(n)).toThrow(error);
    expect(() => isPrimeTrialDivision(n)).toThrow(error);
  });

  test("refuses text", () => {
    const text: unknown = "7";
    expect(() => isPrime(text as number)).toThrow(
      new TypeError("n must be a number or bigint, not string"),
    );
  });
});

describe("isPrimeTrialDivision", () => {
  test("agrees with isPrime up to 20 000, and on squares of primes", () => {
    const wrong: number[] = [];
    for (let n = -3; n < 20_000; n += 1) if (isPrimeTrialDivision(n) !== isPrime(n)) wrong.push(n);
    expect(wrong).toEqual([]);
    for (const prime of primesUpTo(1000)) expect(isPrimeTrialDivision(prime * prime)).toBe(false);
  });
});

describe("multiplyModulo", () => {
  test("is exact up to the largest safe modulus", () => {
    // A call of expect() takes longer than all of this.
    const isExact = (n: number, x: number, y: number): boolean => {
      const half = Math.floor(n / 2);
      const a = Math.round((x - 0.5) * 2 * half);
      const b = Math.round((y - 0.5) * 2 * half);
      const result = multiplyModulo(a, b, n);
      const difference = (BigInt(a) * BigInt(b) - BigInt(result)) % BigInt(n);
      return difference === 0n && Math.abs(result) <= n / 2;
    };
    const modulus = fc.integer({ min: 1681, max: Number.MAX_SAFE_INTEGER });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(fc.property(modulus, share, share, isExact), { numRuns: 20_000 });
    for (const edge of [0, 1]) expect(isExact(Number.MAX_SAFE_INTEGER, edge, 1)).toBe(true);
  });
});
