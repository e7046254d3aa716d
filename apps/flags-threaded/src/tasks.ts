import {
  attemptDownload,
  createFlagClient,
  type AttemptRequest,
  type AttemptResult,
  type FlagClient,
  type FlagClientOptions,
} from "@concur/flags-common";
import { currentTask } from "@concur/pool/worker";

/** Of this thread: its connections are kept alive from one download to the next. */
let client: FlagClient | undefined;

/** Runs once in every thread, before its first download. */
export function openClient(options: FlagClientOptions): void {
  client = createFlagClient(options);
}

/** Makes one try to download one file, pure data in and pure data out; it answers to the signal of its call. */
export function attempt(request: AttemptRequest): Promise<AttemptResult> {
  if (client === undefined) throw new Error("openClient() has not run in this thread");
  return attemptDownload(request, { client, signal: currentTask().signal });
}
