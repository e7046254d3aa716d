// What the cases share: making a pool whose workers are all up and warm, repeating, checking.
import { setTimeout as sleep } from "node:timers/promises";

const START_LIMIT_MS = 20_000;
const WARM_UP_BURST = 500;

/** Throws when a contender gave a wrong result: a fast wrong answer must not get into a table. */
export function check(condition, what) {
  if (!condition) throw new Error(`wrong result: ${what}`);
}

/**
 * Calls `whichWorker` until every worker has answered, with one call per worker under way all the time.
 *
 * After its first answer a worker sleeps inside the later calls, so that those which are up take neither cores nor
 * calls away from those which still start.
 *
 * @returns When the first and when the last worker answered, in milliseconds of `performance.now()`.
 */
export async function untilAllAnswered(pool, workers) {
  const seen = new Set();
  const limit = performance.now() + START_LIMIT_MS;
  const napMs = Math.max(1, workers / 4);
  let first;
  const lane = async () => {
    for (let nap = 0; seen.size < workers; nap = napMs) {
      const worker = await pool.run("whichWorker", nap);
      first ??= performance.now();
      seen.add(worker);
      if (performance.now() > limit) {
        throw new Error(`only ${seen.size} of ${workers} workers answered`);
      }
      if (seen.size === workers) return performance.now();
    }
    return 0;
  };
  const ends = await Promise.all(Array.from({ length: workers }, lane));
  return { first, all: Math.max(...ends) };
}

/** Makes a pool, waits for its workers, and runs small bursts until the code is compiled. */
export async function warmPool(contender, { workers, bytes }, { warmMs }) {
  const pool = await contender.create({ workers, bytes });
  await untilAllAnswered(pool, workers);
  const end = performance.now() + warmMs;
  while (performance.now() < end) {
    await Promise.all(Array.from({ length: WARM_UP_BURST }, (_, i) => pool.run("echo", i)));
  }
  return pool;
}

/**
 * Runs `once` at least `minRepetitions` times and until `timedMs` are used, with a collection of the young
 * garbage before each: so no repetition pays for the rubbish of another, but each pays for its own. A full collection
 * would hand the memory of the young generation back to the system, and what the system takes to give it again would be a
 * good part of what a short burst takes.
 *
 * @returns What the calls of `once` gave.
 */
export async function repeat({ minRepetitions, timedMs }, once) {
  const results = [];
  let used = 0;
  while (results.length < minRepetitions || used < timedMs) {
    globalThis.gc({ type: "minor" });
    const start = performance.now();
    results.push(await once());
    used += performance.now() - start;
  }
  return results;
}

/** Gives the milliseconds that `work` takes. */
export async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Closes the pool, but does not wait for one that never ends: the process ends soon anyway. */
export async function closePool(pool) {
  const limit = new AbortController();
  await Promise.race([pool.close(), sleep(5000, undefined, { signal: limit.signal })]);
  limit.abort();
}
