import { DestinationError } from "./destination-error.js";
import { fetchFlag, type FetchFlagOptions } from "./fetch-flag.js";
import type { DownloadResult } from "./flag-result.js";
import { saveFlag } from "./save-flag.js";

/** How to download one flag, and where to. */
export interface DownloadFlagOptions extends FetchFlagOptions {
  /** An existing folder, see `prepareDestination`. */
  readonly directory: string;
}

/**
 * Fetches one flag and saves it as `<directory>/br.gif`. It is `ok` only when the file is there.
 *
 * What goes wrong is an answer, not an exception, as with `fetchFlag`; a file that cannot be written has
 * the code `CANNOT_SAVE`. The counterpart of `download_one` in the Python programs.
 *
 * @throws {TypeError} (as a rejection) As `fetchFlag`.
 * @example
 * const result = await downloadFlag("http://localhost:8001/flags", "BR", { directory: "downloads" });
 * result.status; // => "ok"
 */
export async function downloadFlag(
  baseUrl: string,
  cc: string,
  options: DownloadFlagOptions,
): Promise<DownloadResult> {
  const fetched = await fetchFlag(baseUrl, cc, options);
  if (fetched.status !== "ok") return fetched;
  try {
    await saveFlag(options.directory, `${cc.toLowerCase()}.gif`, fetched.bytes);
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error;
    return { status: "error", cc, code: "CANNOT_SAVE", reason: error.message };
  }
  return { status: "ok", cc, byteLength: fetched.bytes.length };
}
