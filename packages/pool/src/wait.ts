import type { Future } from "./future.js";
import { collectFutures } from "./collect-futures.js";
import { checkWaitLimits, waitWithin, type WaitLimits } from "./internal/wait-limits.js";

/** For `returnWhen`: when all futures are done. */
export const ALL_COMPLETED = "ALL_COMPLETED";
/** For `returnWhen`: when any future is done. */
export const FIRST_COMPLETED = "FIRST_COMPLETED";
/** For `returnWhen`: when any future has failed, or else all are done. */
export const FIRST_EXCEPTION = "FIRST_EXCEPTION";

/** When `wait` returns: one of Python's constants, or simply its name. */
export type ReturnWhen = typeof ALL_COMPLETED | typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION;

/** Options of `wait`. */
export interface WaitOptions extends WaitLimits {
  /** Default: `'ALL_COMPLETED'`. */
  returnWhen?: ReturnWhen | undefined;
}

/** What `wait` found: the futures it was given, parted, each set in the order of the input. */
export interface WaitResult<F> {
  done: Set<F>;
  notDone: Set<F>;
}

const CONDITIONS: readonly unknown[] = [ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION];

/**
 * Waits for futures, of any executors, and tells which are done. The counterpart of Python's `wait`.
 *
 * The input is read, and the clock starts, at the call. A cancelled future is done. When the time is over that is no
 * error: the sets are as they are then. Nothing is cancelled.
 *
 * @param futures - Any iterable of futures, also a generator that submits them; it is read once.
 * @param options.returnWhen - When to return: all are done; any is; or any has failed (a cancelled one has not), else
 *   all are done.
 * @throws {TypeError | RangeError} At the call, for bad input.
 * @returns A promise that rejects only with the reason of `options.signal`.
 * @example
 * const executor = new InlineExecutor();
 * const { done, notDone } = await wait([executor.submit(() => 1), executor.submit(() => 2)]);
 * [done.size, notDone.size]; // => [2, 0]
 */
export function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitOptions = {},
): Promise<WaitResult<F>> {
  checkWaitLimits("wait()", options, ["returnWhen"]);
  const { returnWhen = ALL_COMPLETED } = options;
  if (!CONDITIONS.includes(returnWhen)) {
    throw new RangeError(`returnWhen must be one of ${CONDITIONS.join(", ")}`);
  }
  const all = collectFutures("wait()", futures);
  const pending = new Set([...all].filter((future) => !future.done()));
  const fulfilled = (): boolean =>
    pending.size === 0 ||
    (returnWhen === FIRST_COMPLETED && pending.size < all.size) ||
    (returnWhen === FIRST_EXCEPTION && [...all].some(hasFailed));

  const woken = waitWithin<undefined>(
    options,
    (resolve) => {
      if (fulfilled()) {
        resolve(undefined);
        return () => undefined;
      }
      const removers = [...pending].map((future) =>
        future.addDoneCallback(() => {
          pending.delete(future);
          const enough =
            pending.size === 0 ||
            returnWhen === FIRST_COMPLETED ||
            (returnWhen === FIRST_EXCEPTION && hasFailed(future));
          if (enough) resolve(undefined);
        }),
      );
      return () => {
        for (const remove of removers) remove();
      };
    },
    (resolve) => {
      resolve(undefined);
    },
  );
  return partAfter(woken, all);
}

/** Parts a microtask after the wake-up: whatever ended in the same moment is in done. */
async function partAfter<F extends Future<unknown>>(
  woken: Promise<unknown>,
  all: ReadonlySet<F>,
): Promise<WaitResult<F>> {
  await woken;
  return part(all);
}

function hasFailed(future: Future<unknown>): boolean {
  return !future.cancelled() && future.outcome?.status === "rejected";
}

function part<F extends Future<unknown>>(futures: ReadonlySet<F>): WaitResult<F> {
  const result: WaitResult<F> = { done: new Set(), notDone: new Set() };
  for (const future of futures) (future.done() ? result.done : result.notDone).add(future);
  return result;
}
