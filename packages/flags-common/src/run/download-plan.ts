import type { AttemptRequest, AttemptResult } from "../attempt/attempt-download.js";
import type { FlagClientOptions } from "../fetch/flag-client.js";
import type { DownloadItem } from "../input/item.js";
import type { DownloadResult } from "./download-result.js";
import type { DownloadCounts } from "./download-status.js";

/**
 * Makes one try to download one file, wherever the program likes: `attemptDownload`, called here or in a worker
 * thread. It may resolve when the signal aborts, but must then do so soon.
 */
export type Attempt = (request: AttemptRequest, signal: AbortSignal) => Promise<AttemptResult>;

/** What a program has to download, and how. */
export interface DownloadPlan {
  /** The files, in the order in which to start them. */
  readonly items: readonly DownloadItem[];
  /** How many downloads may run at once: at least 1, at most as many as there are files. */
  readonly concurReq: number;
  /** For `createFlagClient`: connections and time limits. Plain data. */
  readonly clientOptions: FlagClientOptions;
  /** The program's own options, by name; those that were not given are missing. */
  readonly own: Readonly<Record<string, number>>;
  /** Aborted by Ctrl-C, a full disk and the like: what has not started should not start. */
  readonly signal: AbortSignal;
  /**
   * Downloads one file with all that was asked for on the command line: it waits for its turn, tries, and tries
   * again. It never rejects unless `attempt` does.
   */
  readonly download: (item: DownloadItem, attempt: Attempt) => Promise<DownloadResult>;
}

/** Is told of each result as it comes; it prints and draws, so that nobody else has to. */
export interface DownloadObserver {
  completed(result: DownloadResult): void;
}

/**
 * Downloads what the plan says: the part in which the programs differ.
 *
 * It tells the observer of every file once, in order of completion, and returns how many ended in each way;
 * after the signal these include `notStarted`. It should not reject.
 */
export type DownloadMany = (
  plan: DownloadPlan,
  observer: DownloadObserver,
) => Promise<DownloadCounts>;
