import type { DownloadResult } from "./download-result.js";

/** What became of one file. */
export type DownloadStatus = DownloadResult["status"];

/** How many files of a run ended in each way. */
export type DownloadCounts = Record<DownloadStatus, number>;

/** Makes counts that are all zero. */
export function newCounts(): DownloadCounts {
  return { ok: 0, unchanged: 0, notFound: 0, error: 0, notStarted: 0 };
}

/**
 * Makes sure that each file asked for was counted once.
 *
 * @throws {Error} When the counts do not add up to `asked`: a mistake in the program that counted.
 */
export function assertAllCounted(counts: DownloadCounts, asked: number): void {
  const counted = Object.values(counts).reduce((total, count) => total + count, 0);
  if (counted !== asked) {
    throw new Error(
      `some downloads are unaccounted for: ${counted} counted of ${asked} (${JSON.stringify(counts)})`,
    );
  }
}
