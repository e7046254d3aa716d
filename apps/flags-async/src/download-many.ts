import {
  attemptDownload,
  createFlagClient,
  SavingThread,
  WorkList,
  type Attempt,
  type DownloadMany,
} from "@concur/flags-common";
import { asCompleted, AsyncExecutor } from "@concur/pool";

/** A thread that saves files has started, and has paid for that, within so many files. */
const LONG_LIST = 1000;

/** Downloads the files of a plan in this event loop, at most `concurReq` at a time, and handles them as they come. */
export const downloadMany: DownloadMany = async (plan, observer) => {
  const { clientOptions, concurReq, signal } = plan;
  using client = createFlagClient(clientOptions);
  await using thread = plan.items.length < LONG_LIST ? undefined : new SavingThread();
  const save = thread?.save;
  const attempt: Attempt = (request, signal) => attemptDownload(request, { client, signal, save });
  const list = new WorkList(plan, observer);
  await using executor = new AsyncExecutor({ maxWorkers: concurReq });
  // A download that has begun answers to the signal by itself, with a result; so the executor gives none up,
  // and a cancelled call is one that never started.
  const calls = executor.with({ signal, killAfterMs: Infinity });
  const takers = Array.from({ length: concurReq }, () =>
    calls.submit(() => list.downloadAll(attempt)),
  );
  for await (const taker of asCompleted(takers)) {
    if (!taker.cancelled()) await taker.result();
  }
  return list.finish();
};
