const LONGEST_MS = 240_000;

/**
 * Tries something that must be done within a time limit, and gives what it was done with.
 *
 * What is to be shown holds only where the machine was fast enough for it. Where it was not, `attempt` says so by giving
 * undefined, and is tried again with a limit that is four times as long.
 */
export async function inTime<T>(
  firstLimitMs: number,
  attempt: (limitMs: number) => Promise<T | undefined>,
): Promise<T> {
  for (let limitMs = firstLimitMs; limitMs <= LONGEST_MS; limitMs *= 4) {
    const done = await attempt(limitMs);
    if (done !== undefined) return done;
  }
  throw new Error(`not done within ${LONGEST_MS} ms`);
}
