import {
  WorkList,
  type Attempt,
  type AttemptResult,
  type DownloadMany,
} from "@concur/flags-common";
import { asCompleted, AsyncExecutor, importTasks, ThreadPoolExecutor } from "@concur/pool";
import type * as Tasks from "./tasks.js";

/** The threads load the tasks by themselves: bundled with the program, each of them would run the program. */
const tasks = importTasks<typeof Tasks>(new URL("./tasks.js", import.meta.url));

/** A thread costs some megabytes and some tenths of a second to start, and each of them makes many requests at once. */
export const DEFAULT_THREADS = 2;
/** What becomes of a try that was still waiting for a thread when the run was stopped. */
const INTERRUPTED: AttemptResult = {
  status: "error",
  code: "INTERRUPTED",
  reason: "interrupted",
  totalMs: 0,
};

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
  const concurrencyPerWorker = Math.ceil(concurReq / maxWorkers);
  await using threads = new ThreadPoolExecutor({
    maxWorkers,
    concurrencyPerWorker,
    spin: false,
    initializer: tasks.openClient,
    initializerArgs: [{ ...clientOptions, concurrency: concurrencyPerWorker }],
  });
  // A try that has begun answers to the signal by itself, with a result; so nothing is given up, nor killed.
  const attempt: Attempt = async (request, signal) => {
    const call = threads
      .with({ signal, killAfterMs: Infinity })
      .submit(tasks.attempt, JSON.stringify(request));
    try {
      return JSON.parse(await call.result()) as AttemptResult;
    } catch (error) {
      if (call.cancelled()) return INTERRUPTED;
      throw error;
    }
  };

  const list = new WorkList(plan, observer);
  await using executor = new AsyncExecutor({ maxWorkers: concurReq });
  const calls = executor.with({ signal, killAfterMs: Infinity });
  const takers = Array.from({ length: concurReq }, () =>
    calls.submit(() => list.downloadAll(attempt)),
  );
  for await (const taker of asCompleted(takers)) {
    if (!taker.cancelled()) await taker.result();
  }
  return list.finish();
};
