import { countPrimes, isPrime, primesUpTo } from "../../src/index.js";
import { describe, expect, test } from "@jest/globals";

// OEIS A006880: how many primes there are below the powers of ten.
const PI = [4, 25, 168, 1229, 9592, 78498, 664579, 5761455];

describe("countPrimes", () => {
  test.each(PI.map((count, index) => [10 ** (index + 1), count]))("π(%d) = %d", (limit, count) => {
    expect(countPrimes(limit)).toBe(count);
  });

  // Segments hold 32 768 odd numbers, so their edges lie at 3 + 65 536 k.
  test("counts rightly around the edges of segments", () => {
    for (const edge of [65_536, 131_072, 196_608, 655_360]) {
      let count = countPrimes(edge - 4);
      for (let limit = edge - 3; limit <= edge + 8; limit += 1) {
        count += isPrime(limit) ? 1 : 0;
        expect([limit, countPrimes(limit)]).toEqual([limit, count]);
      }
    }
  });

  test("counts rightly where the limit is a square of a prime", () => {
    for (const prime of primesUpTo(2000)) {
      expect(countPrimes(prime * prime)).toBe(countPrimes(prime * prime - 1));
    }
  });
});

describe("primesUpTo", () => {
  test("lists the first primes, whatever the limit", () => {
    const primes: number[] = [];
    const wrong: number[] = [];
    for (let limit = -2; limit < 3000; limit += 1) {
      if (isPrime(limit)) primes.push(limit);
      if (primesUpTo(limit).join() !== primes.join()) wrong.push(limit);
    }
    expect(wrong).toEqual([]);
  });

  test("ends with the greatest prime below ten millions", () => {
    const primes = primesUpTo(10_000_000);
    expect(primes).toHaveLength(664_579);
    expect(primes.at(-1)).toBe(9_999_991);
    expect(primes.every((prime, index) => index === 0 || prime > (primes[index - 1] ?? 0))).toBe(
      true,
    );
  });
});

test.each([NaN, 2.5, Infinity, 2 ** 53])("both refuse the limit %d", (limit) => {
  expect(() => countPrimes(limit)).toThrow(RangeError);
  expect(() => primesUpTo(limit)).toThrow(
    `limit must be an integer up to 4294967295, not ${limit}`,
  );
});

test("only the count goes beyond 2^32", () => {
  expect(() => primesUpTo(2 ** 32)).toThrow(RangeError);
  expect(() => countPrimes(1e12 + 1)).toThrow("limit must be an integer up to 1000000000000");
});

test("nothing below 2 is prime, a whole negative limit included", () => {
  expect([-(2 ** 40), -1, 0, 1].map(countPrimes)).toEqual([0, 0, 0, 0]);
  expect(primesUpTo(-(2 ** 40))).toHaveLength(0);
});
