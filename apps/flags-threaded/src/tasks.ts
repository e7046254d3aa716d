import {
  attemptDownload,
  createFlagClient,
  type AttemptRequest,
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

/**
 * Makes one try to download one file, and answers to the signal of its call.
 *
 * @param request - An AttemptRequest as JSON: a short text lies in the memory that both threads share, and needs no message.
 * @returns An AttemptResult as JSON.
 */
export async function attempt(request: string): Promise<string> {
  if (client === undefined) throw new Error("openClient() has not run in this thread");
  const { signal } = currentTask();
  const tools = { client, signal, mayBlock: true };
  return JSON.stringify(await attemptDownload(requestOf(request), tools));
}

function requestOf(text: string): AttemptRequest {
  // Our own main thread wrote it.
  return JSON.parse(text) as AttemptRequest;
}
