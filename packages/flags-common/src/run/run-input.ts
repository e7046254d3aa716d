import { readCodes } from "../input/code-list.js";
import { expandCodes } from "../input/country-codes.js";
import { flagItems, type DownloadItem } from "../input/item.js";
import { readInput } from "../input/read-list.js";
import { urlItems } from "../input/url-items.js";
import { readManifest, type Manifest } from "../verify/manifest.js";
import type { CommandLine } from "../cli/command-line.js";

/**
 * Lists the files that a command line asks for, reading the lists that it names.
 *
 * @throws {InputError} (as a rejection) When a list cannot be read or used.
 */
export async function listItems(commandLine: CommandLine): Promise<readonly DownloadItem[]> {
  const { from, urls, limit, baseUrl, ccList } = commandLine;
  if (urls !== undefined) {
    const items = urlItems(await readInput(urls), nameOf(urls));
    return items.slice(0, limit);
  }
  if (from === undefined) return flagItems(baseUrl, ccList);
  const codes = [...ccList, ...readCodes(await readInput(from), nameOf(from))];
  return flagItems(baseUrl, expandCodes({ every: false, all: false, codes, limit }));
}

/**
 * Reads the manifest that a command line names, if it names one.
 *
 * @throws {InputError} (as a rejection) When it cannot be read or used.
 */
export async function readManifestFile(path: string | undefined): Promise<Manifest | undefined> {
  return path === undefined ? undefined : readManifest(await readInput(path), nameOf(path));
}

function nameOf(path: string): string {
  return path === "-" ? "stdin" : path;
}
