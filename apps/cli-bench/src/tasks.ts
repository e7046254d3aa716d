// The module that workers load. Nothing here may print or start anything when it is imported.
import { setTimeout as sleep } from "node:timers/promises";
import { BroadcastChannel, threadId } from "node:worker_threads";
import { arcfourJob, countPrimes, isPrimeTrialDivision, shaJob } from "@concur/algorithms";

/** What a worker says while it runs a call of {@link isPrimeSpoken}. */
export interface SpokenMessage {
  readonly n: number;
  readonly phase: "begin" | "end";
}

const channels = new Map<string, BroadcastChannel>();

/**
 * Tells whether a number is prime, as `is_prime` in the thread pool example of the book, and what it is doing meanwhile.
 *
 * A message is on its way when it is posted, although this thread then computes without a pause; what a thread prints
 * would wait until the end of the call.
 *
 * @param channelName - The `BroadcastChannel` to speak on.
 */
export function isPrimeSpoken(n: number, channelName: string): boolean {
  let channel = channels.get(channelName);
  if (channel === undefined) {
    channel = new BroadcastChannel(channelName);
    channel.unref();
    channels.set(channelName, channel);
  }
  channel.postMessage({ n, phase: "begin" } satisfies SpokenMessage);
  const verdict = isPrimeTrialDivision(n);
  channel.postMessage({ n, phase: "end" } satisfies SpokenMessage);
  return verdict;
}

/** One call in a comparison: who ran it, and when, in milliseconds since 1970. */
export interface CallSpan {
  readonly worker: string;
  readonly startMs: number;
  readonly endMs: number;
}

const KEY = new TextEncoder().encode("'Twas brillig, and the slithy toves\nDid gyre");

/** What the jobs of a comparison do with their one number. */
const JOBS = {
  /** Is this number prime? */
  primes: (n: number) => isPrimeTrialDivision(n),
  /** So many random bytes are hashed. */
  sha: (size: number) => shaJob(size),
  /** So many random bytes are encrypted, decrypted and compared. */
  arcfour: (size: number) => arcfourJob(size, KEY),
  /** The primes up to this number are counted. */
  sieve: (limit: number) => countPrimes(limit),
  /** A wait of so many milliseconds, as for a disk or a network. */
  wait: (ms: number) => sleep(ms),
} as const;

/** The name of a workload. */
export type WorkloadName = keyof typeof JOBS;

/** Runs one job of a workload and tells where and when it ran. */
export async function timedJob(workload: WorkloadName, amount: number): Promise<CallSpan> {
  const startMs = performance.timeOrigin + performance.now();
  await JOBS[workload](amount);
  const endMs = performance.timeOrigin + performance.now();
  return { worker: `${process.pid}/${threadId}`, startMs, endMs };
}

/** Gives back what it gets: what remains is the way there and back. */
export function echo(value: number): number {
  return value;
}

export { arcfourJob, shaJob };
