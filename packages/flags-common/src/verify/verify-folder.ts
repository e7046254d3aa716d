import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DestinationError } from "../save/destination-error.js";
import { inspectFile } from "./local-file.js";
import type { Manifest } from "./manifest.js";

/** What was found in a folder. */
export interface FolderVerdict {
  /** How many files are whole, and as the manifest has them. */
  readonly whole: number;
  /** What is wrong, by file name. */
  readonly faults: ReadonlyMap<string, string>;
}

/**
 * Checks the files of a folder again: that every GIF is whole, and that every file of the manifest is there
 * and has its SHA-256. Hidden files and other files that the manifest does not know are passed over.
 *
 * @throws {DestinationError} (as a rejection) When the folder cannot be read.
 */
export async function verifyFolder(
  directory: string,
  manifest: Manifest | undefined,
): Promise<FolderVerdict> {
  const names = await listFiles(directory, manifest);
  const faults = new Map<string, string>();
  for (const name of names) {
    const expect = name.toLowerCase().endsWith(".gif") ? "gif" : "anything";
    const file = await inspectFile(join(directory, name), expect, manifest?.get(name));
    const fault = file === undefined ? "not there" : file.fault;
    if (fault !== undefined) faults.set(name, fault);
  }
  return { whole: names.length - faults.size, faults };
}

async function listFiles(directory: string, manifest: Manifest | undefined): Promise<string[]> {
  try {
    const gifs = (await readdir(directory)).filter((name) => /^[^.].*\.gif$/i.test(name));
    return [...new Set([...gifs, ...(manifest?.keys() ?? [])])].sort();
  } catch (error) {
    throw new DestinationError(directory, error, "read");
  }
}
