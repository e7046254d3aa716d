import { onAbort } from "./abort-hub.js";
import { startTimer } from "./timer.js";
import { checkDuration, checkOptionNames, checkSignal } from "./validate.js";

/** How long to wait, at most. */
export interface WaitLimits {
  /** Milliseconds from the call; 0 or less looks once and does not wait. Default: no limit. */
  timeoutMs?: number | undefined;
  /** Stops the waiting, and only that, with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const NAMES = ["timeoutMs", "signal"] as const;

/** Throws unless `limits` is fit for `where`, the function whose option it is. */
export function checkWaitLimits(
  where: string,
  limits: WaitLimits,
  more: readonly string[] = [],
): void {
  checkOptionNames(where, limits, [...NAMES, ...more]);
  if (limits.timeoutMs !== undefined) checkDuration("timeoutMs", limits.timeoutMs);
  if (limits.signal !== undefined) checkSignal("signal", limits.signal);
}

/**
 * Promises what `subscribe` delivers, or rejects when a limit is reached first.
 *
 * `subscribe` may deliver at once; it returns how to unsubscribe. Timer and listeners are gone when the promise
 * is settled, so a long limit holds neither the program nor the signal.
 */
export function waitWithin<T>(
  limits: WaitLimits,
  subscribe: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
  onTimeout: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const { timeoutMs, signal } = limits;
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    let settled = false;
    const releases: (() => void)[] = [];
    const settle =
      <V>(deliver: (value: V) => void) =>
      (value: V): void => {
        if (settled) return;
        settled = true;
        for (const release of releases) release();
        deliver(value);
      };
    const succeed = settle(resolve);
    const fail = settle(reject);

    const unsubscribe = subscribe(succeed, fail);
    if (isTrue(settled)) {
      unsubscribe();
      return;
    }
    releases.push(unsubscribe);
    if (timeoutMs !== undefined && timeoutMs <= 0) {
      onTimeout(succeed, fail);
      return;
    }
    if (timeoutMs !== undefined) {
      releases.push(
        startTimer(timeoutMs, () => {
          onTimeout(succeed, fail);
        }),
      );
    }
    if (signal !== undefined) releases.push(onAbort(signal, fail));
  });
}

/** Reads a flag that a callback may have changed, which the compiler cannot see. */
function isTrue(flag: boolean): boolean {
  return flag;
}
