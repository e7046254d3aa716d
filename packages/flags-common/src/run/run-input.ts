import { readCodes } from "../input/code-list.js";
import { expandCodes } from "../input/country-codes.js";
import { flagItems, type DownloadItem } from "../input/item.js";
import { InputError, readInput } from "../input/read-list.js";
import { urlItems } from "../input/url-items.js";
import { readManifest, type Manifest } from "../verify/manifest.js";
import type { CommandLine } from "../cli/command-line.js";

/**
 * Lists the files that a command line asks for, reading the lists that it names.
 *
 * @throws {InputError} (as a rejection) When a list cannot be read or used.
 */
export async function listItems(
  commandLine: CommandLine,
  signal: AbortSignal,
): Promise<readonly DownloadItem[]> {
  const { from, urls, limit, baseUrl, ccList } = commandLine;
  if (urls !== undefined) {
    const items = urlItems(await readInput(urls, signal), nameOf(urls));
    return items.slice(0, limit);
  }
  if (from === undefined) return flagItems(baseUrl, ccList);
  const codes = [...ccList, ...readCodes(await readInput(from, signal), nameOf(from))];
  return flagItems(baseUrl, expandCodes({ every: false, all: false, codes, limit }));
}

/**
 * Reads the manifest that a command line names, if it names one.
 *
 * @throws {InputError} (as a rejection) When it cannot be read or used.
 */
export async function readManifestFile(
  path: string | undefined,
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  return path === undefined ? undefined : readManifest(await readInput(path, signal), nameOf(path));
}

/**
 * Reads the certificates that a command line names, if it names any.
 *
 * @throws {InputError} (as a rejection) When they cannot be read, or are none.
 */
export async function readCertificates(
  path: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const ca = await readInput(path, signal);
  try {
    if (!ca.includes("-----BEGIN")) throw new Error("no PEM");
    process.getBuiltinModule("node:tls").createSecureContext({ ca });
  } catch (error) {
    throw new InputError(`there are no certificates in ${nameOf(path)}`, { cause: error });
  }
  return ca;
}

function nameOf(path: string): string {
  return path === "-" ? "stdin" : path;
}
