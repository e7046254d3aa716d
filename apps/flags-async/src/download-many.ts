import {
  createFlagClient,
  downloadFlag,
  newCounts,
  type DownloadMany,
  type DownloadResult,
} from "@concur/flags-common";
import { asCompleted, AsyncExecutor, type Future } from "@concur/pool";

/** Downloads the flags of a plan in this event loop, at most `concurReq` at a time, and handles them as they come. */
export const downloadMany: DownloadMany = async (plan, observer) => {
  const { baseUrl, ccList, clientOptions, concurReq, directory, signal } = plan;
  const counts = newCounts();
  using client = createFlagClient(clientOptions);
  await using executor = new AsyncExecutor({ maxWorkers: concurReq });
  // A download that has begun answers to the signal by itself, with a result; so the executor gives none up,
  // and a cancelled future is one that never started.
  const downloads = executor.with({ signal, killAfterMs: Infinity });

  const toDo = new Map<Future<DownloadResult>, string>();
  for (const cc of ccList) {
    toDo.set(downloads.submit(downloadFlag, baseUrl, cc, { client, directory, signal }), cc);
  }
  for await (const future of asCompleted(toDo.keys())) {
    const result = future.cancelled() ? notStarted(toDo.get(future)) : await future.result();
    counts[result.status] += 1;
    observer.completed(result);
  }
  return counts;
};

function notStarted(cc = ""): DownloadResult {
  return { status: "notStarted", cc };
}
