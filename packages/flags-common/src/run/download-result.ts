import type { AttemptSaved } from "../attempt/attempt-download.js";
import type { Timing } from "../fetch/fetch-file.js";
import type { Failure } from "../fetch/flag-result.js";
import type { DownloadItem } from "../input/item.js";

/** What every result of a download has. */
interface Tried {
  readonly item: DownloadItem;
  /** How many requests were made for it, from 0. */
  readonly attempts: number;
  /** How long the last one took; not there when there was none. */
  readonly timing?: Timing;
}

/** A file that was downloaded. */
export interface SavedFile extends Tried, AttemptSaved {}

/** A file that was there already, whole. */
export interface UnchangedFile extends Tried {
  readonly status: "unchanged";
}

/** A file that the server does not have: it answered 404. */
export interface FileNotFound extends Tried {
  readonly status: "notFound";
}

/** A file that could not be had. */
export interface DownloadFailure extends Tried, Failure {}

/** A file that was never asked for, because the run was stopped before its turn. */
export interface NotStarted extends Tried {
  readonly status: "notStarted";
}

/** What became of one file of a run. Plain data, without the bytes. */
export type DownloadResult =
  SavedFile | UnchangedFile | FileNotFound | DownloadFailure | NotStarted;

/** Makes the result of a file whose turn never came. */
export function notStarted(item: DownloadItem): NotStarted {
  return { status: "notStarted", item, attempts: 0 };
}
