/** The numbers of the thread pool example of the book; the first comes twice. */
export const PRIMES: readonly number[] = [
  112272535095293, 112582705942171, 112272535095293, 115280095190773, 115797848077099,
  1099726899285419, 112545606449, 4894348954034, 4236544062, 11112324353465, 12134123432,
  423578924023, 12433323433, 12334452364,
];

/** How many jobs the process programs of the book run. */
export const JOBS = 12;

/** How many bytes a job of the SHA-256 program hashes. */
export const SHA_BYTES = 2 ** 20;

const ARCFOUR_BYTES = 2 ** 18;

/** The sizes of the jobs of the arcfour program in bytes, the largest first. The division truncates, as Python's `int()`. */
export const ARCFOUR_SIZES: readonly number[] = Array.from(
  { length: JOBS },
  (_, index) => ARCFOUR_BYTES + Math.trunc((ARCFOUR_BYTES / JOBS) * (JOBS - index - JOBS / 2)),
);
