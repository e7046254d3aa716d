import { flagUrl } from "../fetch/fetch-flag.js";

/** One file to download. Plain data. */
export interface DownloadItem {
  /** What the reports call it: a country code such as `BR`, or the file name. */
  readonly name: string;
  readonly url: string;
  /** A plain file name such as `br.gif`; no two files of a run have the same. Empty with a `fault`. */
  readonly fileName: string;
  /** What the body must be: a whole GIF, or anything that is as long as announced. */
  readonly expect: "gif" | "anything";
  /** Why it cannot be asked for at all: the line of the list is no address. */
  readonly fault?: string;
}

/**
 * Makes the items of flags.
 *
 * @throws {TypeError} When a code is no country code or `baseUrl` is no http address.
 */
export function flagItems(baseUrl: string, ccList: readonly string[]): DownloadItem[] {
  return ccList.map((cc) => ({
    name: cc,
    url: flagUrl(baseUrl, cc).href,
    fileName: `${cc.toLowerCase()}.gif`,
    expect: "gif",
  }));
}
