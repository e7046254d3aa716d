/** One segment holds so many odd numbers, a byte each: the first-level cache has room for it. */
const SEGMENT_SIZE = 32_768;
const MAX_COUNT = 1e12;
const MAX_LIST = 2 ** 32 - 1;

/**
 * Walks through the odd numbers from 3 to `limit`, a segment at a time, after Eratosthenes.
 *
 * @param visit - Gets a segment in which a 0 at `index` says that `first + 2 × index` is prime, for each index below `size`.
 */
function sieve(
  limit: number,
  visit: (segment: Uint8Array, first: number, size: number) => void,
): void {
  const segment = new Uint8Array(SEGMENT_SIZE);
  const root = Math.floor(Math.sqrt(limit));
  const primes = oddPrimesUpTo(root);
  /** Where in the next segment each prime strikes first; beginning at its square. */
  const strikes = Float64Array.from(primes, (prime) => (prime * prime - 3) / 2);
  for (let first = 3; first <= limit; first += 2 * SEGMENT_SIZE) {
    const size = Math.min(SEGMENT_SIZE, Math.floor((limit - first) / 2) + 1);
    segment.fill(0);
    const last = first + 2 * (size - 1);
    for (let k = 0; k < primes.length; k += 1) {
      const prime = primes[k] ?? 0;
      // Larger ones have their squares behind this segment.
      if (prime * prime > last) {
        for (let rest = k; rest < primes.length; rest += 1) {
          strikes[rest] = (strikes[rest] ?? 0) - SEGMENT_SIZE;
        }
        break;
      }
      let index = strikes[k] ?? 0;
      for (; index < SEGMENT_SIZE; index += prime) segment[index] = 1;
      strikes[k] = index - SEGMENT_SIZE;
    }
    visit(segment, first, size);
  }
}

/** The odd primes up to the root of a limit, at most a million: by the plain sieve. */
function oddPrimesUpTo(limit: number): Uint32Array {
  const composite = new Uint8Array(limit + 1);
  const primes: number[] = [];
  for (let n = 3; n <= limit; n += 2) {
    if (composite[n] === 1) continue;
    primes.push(n);
    for (let multiple = n * n; multiple <= limit; multiple += 2 * n) composite[multiple] = 1;
  }
  return Uint32Array.from(primes);
}

/**
 * Counts the primes up to and including `limit`: π(limit), by a segmented sieve in little memory.
 *
 * @param limit - An integer up to 10¹². 10⁹ takes some seconds.
 * @throws {RangeError} For any other limit. Below 2 there are none, negative limits included.
 * @example
 * countPrimes(1_000_000); // => 78498
 */
export function countPrimes(limit: number): number {
  checkLimit(limit, MAX_COUNT);
  let count = limit < 2 ? 0 : 1;
  sieve(limit, (segment, _first, size) => {
    let composites = 0;
    for (let index = 0; index < size; index += 1) composites += segment[index] ?? 0;
    count += size - composites;
  });
  return count;
}

/**
 * Lists the primes up to and including `limit`, in order, by a segmented sieve.
 *
 * @param limit - An integer up to 2³² − 1. The list takes 4 bytes per prime.
 * @throws {RangeError} For any other limit. Below 2 the list is empty, negative limits included.
 * @example
 * [...primesUpTo(20)]; // => [2, 3, 5, 7, 11, 13, 17, 19]
 */
export function primesUpTo(limit: number): Uint32Array {
  checkLimit(limit, MAX_LIST);
  if (limit < 2) return new Uint32Array(0);
  // π(x) < 1.25506 x / ln x: J. B. Rosser and L. Schoenfeld, Illinois Journal of Mathematics 6 (1962), corollary 1.
  const primes = new Uint32Array(Math.ceil((1.25506 * limit) / Math.log(limit)) + 1);
  primes[0] = 2;
  let count = 1;
  sieve(limit, (segment, first, size) => {
    for (let index = 0; index < size; index += 1) {
      if (segment[index] === 1) continue;
      primes[count] = first + 2 * index;
      count += 1;
    }
  });
  return primes.slice(0, count);
}

function checkLimit(limit: number, max: number): void {
  if (!Number.isInteger(limit) || limit > max) {
    throw new RangeError(`limit must be an integer up to ${max}, not ${limit}`);
  }
}
