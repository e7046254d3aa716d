import { clearTimeout, setTimeout } from "./platform.js";

/** The longest delay setTimeout takes; a longer one would fire after a millisecond. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Calls `expired` once after `delayMs`, however long that is, and returns the function that stops the clock.
 *
 * Infinity never expires and holds no timer. With `background` the timer does not keep the program alive.
 */
export function startTimer(delayMs: number, expired: () => void, background = false): () => void {
  if (delayMs === Infinity) return () => undefined;
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number): void => {
    timer =
      leftMs > LONGEST_MS
        ? setTimeout(() => {
            arm(leftMs - LONGEST_MS);
          }, LONGEST_MS)
        : setTimeout(expired, leftMs);
    if (background) timer.unref();
  };
  arm(delayMs);
  return () => {
    clearTimeout(timer);
  };
}
