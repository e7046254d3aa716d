import {
  attemptDownload,
  createFlagClient,
  newCounts,
  notStarted,
  type Attempt,
  type DownloadItem,
  type DownloadMany,
  type DownloadResult,
} from "@concur/flags-common";
import { asCompleted, AsyncExecutor, type Future } from "@concur/pool";

/** Downloads the files of a plan in this event loop, at most `concurReq` at a time, and handles them as they come. */
export const downloadMany: DownloadMany = async (plan, observer) => {
  const { items, clientOptions, concurReq, signal } = plan;
  const counts = newCounts();
  using client = createFlagClient(clientOptions);
  const attempt: Attempt = (request, signal) => attemptDownload(request, { client, signal });
  await using executor = new AsyncExecutor({ maxWorkers: concurReq });
  // A download that has begun answers to the signal by itself, with a result; so the executor gives none up,
  // and a cancelled future is one that never started.
  const downloads = executor.with({ signal, killAfterMs: Infinity });

  const toDo = new Map<Future<DownloadResult>, DownloadItem>();
  for (const item of items) {
    toDo.set(downloads.submit(plan.download, item, attempt), item);
  }
  for await (const future of asCompleted(toDo.keys())) {
    const item = toDo.get(future);
    const result = future.cancelled() && item ? notStarted(item) : await future.result();
    counts[result.status] += 1;
    observer.completed(result);
  }
  return counts;
};
