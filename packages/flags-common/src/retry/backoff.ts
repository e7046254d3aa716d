/** Where the waits start, in milliseconds. */
const BASE_MS = 100;
/** No wait of our own choice is longer, in milliseconds. */
const CAP_MS = 10_000;
/** A server that wants us to wait longer than this is not waited for, in milliseconds. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Chooses how long to wait before the next try: any time between nothing and a limit that doubles with each
 * try ("full jitter"), so that those who failed together do not come back together. A server that says when
 * to come back is obeyed.
 *
 * @param failedTries - How many tries have failed, an integer from 1.
 * @param retryAfterMs - What the server said.
 * @param random - A number from 0 up to 1.
 * @returns Milliseconds, or `undefined` when the server wants more patience than a minute.
 */
export function backoffMs(
  failedTries: number,
  retryAfterMs: number | undefined,
  random: () => number = Math.random,
): number | undefined {
  const ownMs = random() * Math.min(CAP_MS, BASE_MS * 2 ** failedTries);
  if (retryAfterMs === undefined) return ownMs;
  // Everybody was told the same time: jitter on top spreads them over a little more of it.
  return retryAfterMs > MAX_RETRY_AFTER_MS ? undefined : retryAfterMs + ownMs;
}
