import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DestinationError } from "../save/destination-error.js";
import { inspectFile } from "./local-file.js";
import type { Manifest } from "./manifest.js";

/** What was found out about one file of a folder. Plain data. */
export interface VerifiedFile {
  readonly name: string;
  readonly status: "ok" | "error";
  /** What is wrong with it. */
  readonly reason?: string;
  readonly bytes?: number;
  readonly sha256?: string;
}

/**
 * Checks the files of a folder again: that every GIF is whole, and that every file of the manifest is there
 * and has its SHA-256. Hidden files and other files that the manifest does not know are passed over.
 *
 * @param signal - Ends the check with the file that is under way.
 * @returns What was found, by the alphabet.
 * @throws {DestinationError} (as a rejection) When the folder cannot be read.
 */
export async function verifyFolder(
  directory: string,
  manifest: Manifest | undefined,
  signal: AbortSignal,
): Promise<VerifiedFile[]> {
  const verified: VerifiedFile[] = [];
  for (const name of await listFiles(directory, manifest)) {
    const expect = name.toLowerCase().endsWith(".gif") ? "gif" : "anything";
    const file = await inspectFile(join(directory, name), expect, manifest?.get(name), signal);
    if (signal.aborted) break;
    const reason = file === undefined ? "not there" : file.fault;
    verified.push({
      name,
      status: reason === undefined ? "ok" : "error",
      ...(reason === undefined ? {} : { reason }),
      ...(file?.sha256 ? { bytes: file.byteLength, sha256: file.sha256 } : {}),
    });
  }
  return verified;
}

async function listFiles(directory: string, manifest: Manifest | undefined): Promise<string[]> {
  try {
    const gifs = (await readdir(directory)).filter((name) => /^[^.].*\.gif$/i.test(name));
    return [...new Set([...gifs, ...(manifest?.keys() ?? [])])].sort();
  } catch (error) {
    throw new DestinationError(directory, error, "read");
  }
}
