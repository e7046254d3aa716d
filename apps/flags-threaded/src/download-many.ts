import { WorkList, type Attempt, type DownloadMany } from "@concur/flags-common";
import { asCompleted, AsyncExecutor, ThreadPoolExecutor } from "@concur/pool";
import { tasks, ThreadLine } from "./thread-line.js";

/** A thread costs some megabytes and some tenths of a second to start, and each of them makes many requests at once. */
export const DEFAULT_THREADS = 2;
/** What a thread makes for one file lives no longer than that: Node's usual 48 MB for it would only be memory. */
const YOUNG_MB = 12;

/**
 * Downloads the files of a plan in worker threads, at most `concurReq` at a time, and handles them as they come.
 *
 * Two executors share the work: the one of this event loop holds each download with its turns and its retries, and
 * lets no more than `concurReq` of them begin, so there are never more requests than that; the threads make the
 * requests, each of them its share of `concurReq` at once.
 */
export const downloadMany: DownloadMany = async (plan, observer) => {
  const { clientOptions, concurReq, signal, own } = plan;
  const maxWorkers = Math.min(own["threads"] ?? DEFAULT_THREADS, concurReq);
  await using threads = new ThreadPoolExecutor({
    maxWorkers,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    initializer: tasks.openClient,
    initializerArgs: [{ ...clientOptions, concurrency: Math.ceil(concurReq / maxWorkers) }],
  });
  const lines = Array.from({ length: maxWorkers }, () => new ThreadLine(threads));
  // A try that has begun answers to the signal by itself, with a result; so nothing is given up, nor killed.
  const attempt: Attempt = (request) => shortest(lines).attempt(request);
  const stop = (): void => {
    for (const line of lines) line.stop();
  };
  signal.addEventListener("abort", stop);

  const list = new WorkList(plan, observer);
  await using executor = new AsyncExecutor({ maxWorkers: concurReq });
  const calls = executor.with({ signal, killAfterMs: Infinity });
  const takers = Array.from({ length: concurReq }, () =>
    calls.submit(() => list.downloadAll(attempt)),
  );
  try {
    for await (const taker of asCompleted(takers)) {
      if (!taker.cancelled()) await taker.result();
    }
    return list.finish();
  } finally {
    signal.removeEventListener("abort", stop);
    await Promise.all(lines.map((line) => line.close()));
  }
};

function shortest(lines: readonly ThreadLine[]): ThreadLine {
  return lines.reduce((one, other) => (other.length < one.length ? other : one));
}
