import { errorCode, errorMessage, systemMessage } from "../shared/failure-reason.js";
import { findGifFault } from "../fetch/gif.js";
import { NotAFileError, openFile } from "../shared/open-file.js";
import { newSha256 } from "../shared/sha256.js";
import type { DownloadItem } from "../input/item.js";

/** What is known about a file that is there. */
export interface LocalFile {
  readonly byteLength: number;
  readonly sha256: string;
  /** What is wrong with it, if anything. */
  readonly fault: string | undefined;
}

const PIECE_BYTES = 1 << 18;

/**
 * Reads a file, a piece at a time, and checks it as if it had just been downloaded.
 *
 * @param sha256 - What it should have.
 * @param signal - Ends the reading; then it counts as not there.
 * @returns `undefined` when there is no such file.
 */
export async function inspectFile(
  path: string,
  expect: DownloadItem["expect"],
  sha256?: string,
  signal?: AbortSignal,
): Promise<LocalFile | undefined> {
  try {
    const read = await readPieces(path, signal);
    if (signal?.aborted === true) return undefined;
    const { byteLength, ends, sha256: actual } = read;
    const isAnother = sha256 !== undefined && sha256 !== actual;
    return {
      byteLength,
      sha256: actual,
      fault:
        (expect === "gif" ? findGifFault(ends, byteLength)?.reason : undefined) ??
        (isAnother ? "SHA-256 is not the one of the manifest" : undefined),
    };
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return undefined;
    if (error instanceof NotAFileError) return { byteLength: 0, sha256: "", fault: "not a file" };
    return { byteLength: 0, sha256: "", fault: systemMessage(code) ?? errorMessage(error) };
  }
}

async function readPieces(
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly byteLength: number; readonly sha256: string; readonly ends: Uint8Array }> {
  const handle = await openFile(path);
  try {
    const hash = newSha256();
    const piece = Buffer.alloc(PIECE_BYTES);
    let [first, last] = [Buffer.alloc(0), Buffer.alloc(0)];
    let byteLength = 0;
    while (signal?.aborted !== true) {
      const { bytesRead } = await handle.read(piece, 0, piece.length, byteLength);
      if (bytesRead === 0) break;
      const bytes = piece.subarray(0, bytesRead);
      hash.update(bytes);
      if (byteLength === 0) first = Buffer.from(bytes.subarray(0, 6));
      last = Buffer.from(bytes.subarray(-1));
      byteLength += bytesRead;
    }
    return { byteLength, sha256: hash.digest("hex"), ends: Buffer.concat([first, last]) };
  } finally {
    await handle.close();
  }
}
