import type { DownloadCounts } from "./download-status.js";
import type { FlagClientOptions } from "./flag-client.js";
import type { DownloadResult } from "./flag-result.js";

/** What a program has to download, and how. All but the signal is plain data. */
export interface DownloadPlan {
  /** Country codes: upper case, sorted, each once. */
  readonly ccList: readonly string[];
  /** Where the flags are: without a slash at the end. */
  readonly baseUrl: string;
  /** How many downloads may run at once: at least 1, at most as many as there are codes. */
  readonly concurReq: number;
  readonly verbose: boolean;
  /** The folder for the files; it exists and can be written. */
  readonly directory: string;
  /** For `createFlagClient`: connections and time limits. */
  readonly clientOptions: FlagClientOptions;
  /** Aborted by Ctrl-C, a full disk and the like: what has not started should not start. */
  readonly signal: AbortSignal;
}

/** Is told of each result as it comes; it prints and draws, so that nobody else has to. */
export interface DownloadObserver {
  completed(result: DownloadResult): void;
}

/**
 * Downloads what the plan says: the part in which the programs differ.
 *
 * It tells the observer of every code once, in order of completion, and returns how many ended in each way;
 * after the signal these include `notStarted`. It should not reject.
 */
export type DownloadMany = (
  plan: DownloadPlan,
  observer: DownloadObserver,
) => Promise<DownloadCounts>;
