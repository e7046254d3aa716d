import type { WorkloadName } from "../tasks.js";
import { ARCFOUR_SIZES, JOBS, PRIMES, SHA_BYTES } from "../programs/numbers.js";

const times = (amount: number): number => Math.max(1, Math.round(amount));

const repeated = <T>(count: number, values: readonly T[]): T[] =>
  Array.from({ length: count }, () => values).flat();

/** A long job that began last would leave the other workers without work. */
const largestFirst = (amounts: readonly number[]): number[] => [...amounts].sort((a, b) => b - a);

/** A workload: how many jobs there are and what each gets, at a scale of 1 some tenths of a second in one thread. */
interface Workload {
  readonly description: string;
  amounts(scale: number): readonly number[];
}

/** The workloads. A scale makes more jobs of those of the book, at least all once, and larger ones of the others. */
export const WORKLOADS: Readonly<Record<WorkloadName, Workload>> = {
  primes: {
    description: "trial division of the 14 numbers of the book, six times over, the largest first",
    amounts: (scale) => largestFirst(repeated(times(6 * scale), PRIMES)),
  },
  sha: {
    description: "the 12 jobs of the book, each hashing a mebibyte, 16 times over",
    amounts: (scale) => repeated(times(16 * scale), Array<number>(JOBS).fill(SHA_BYTES)),
  },
  arcfour: {
    description:
      "the 12 jobs of the book with 8 times the bytes, four times over, the largest first",
    amounts: (scale) =>
      largestFirst(repeated(times(4 * scale), ARCFOUR_SIZES).map((size) => 8 * size)),
  },
  sieve: {
    description: "counting the primes up to 20 millions, 12 times",
    amounts: (scale) => Array<number>(JOBS).fill(Math.round(20_000_000 * scale)),
  },
  wait: {
    description: "24 waits of 20 ms, as for a network",
    amounts: (scale) => Array<number>(24).fill(20 * scale),
  },
};

/** Tells whether a word names a workload. */
export function isWorkloadName(word: string): word is WorkloadName {
  return Object.hasOwn(WORKLOADS, word);
}
