import { readFile } from "node:fs/promises";
import { errorCode, errorMessage, systemMessage } from "../shared/failure-reason.js";
import { findGifFault } from "../fetch/gif.js";
import { sha256Of } from "../shared/sha256.js";
import type { DownloadItem } from "../input/item.js";

/** What is known about a file that is there. */
export interface LocalFile {
  readonly byteLength: number;
  readonly sha256: string;
  /** What is wrong with it, if anything. */
  readonly fault: string | undefined;
}

/**
 * Reads a file and checks it as if it had just been downloaded.
 *
 * @param sha256 - What it should have.
 * @returns `undefined` when there is no such file.
 */
export async function inspectFile(
  path: string,
  expect: DownloadItem["expect"],
  sha256?: string,
): Promise<LocalFile | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return undefined;
    return { byteLength: 0, sha256: "", fault: systemMessage(code) ?? errorMessage(error) };
  }
  const actual = sha256Of(bytes);
  return {
    byteLength: bytes.length,
    sha256: actual,
    fault:
      (expect === "gif" ? findGifFault(bytes)?.reason : undefined) ??
      (sha256 === undefined || sha256 === actual
        ? undefined
        : "SHA-256 is not the one of the manifest"),
  };
}
