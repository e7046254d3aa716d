import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DownloadItem } from "../input/item.js";
import { DestinationError } from "../save/destination-error.js";
import { maskedUrl } from "../shared/mask-secrets.js";
import { inspectFile, type LocalFile } from "./local-file.js";
import type { Manifest } from "./manifest.js";
import type { VersionCache } from "./version-cache.js";

/** What was found out about one file of a folder. Plain data. */
export interface VerifiedFile {
  readonly name: string;
  readonly status: "ok" | "error";
  /** What is wrong with it. */
  readonly reason?: string;
  /** Where it came from, as far as is known. */
  readonly url?: string;
  readonly bytes?: number;
  readonly sha256?: string;
}

/** What the files of a folder should be. */
export interface Expectations {
  readonly manifest?: Manifest | undefined;
  /** What is known of earlier downloads. */
  readonly versions?: VersionCache | undefined;
  /** The files of a list: they must have come from its addresses, and only they are looked at. */
  readonly items?: readonly DownloadItem[] | undefined;
}

/**
 * Checks the files of a folder again: that every GIF is whole, that every file which is known to have been downloaded is
 * as it was then, and that every file of the manifest is there and has its SHA-256. Hidden files and other files of which
 * nothing is known are passed over.
 *
 * @param signal - Ends the check with the file that is under way.
 * @returns What was found, by the alphabet.
 * @throws {DestinationError} (as a rejection) When the folder cannot be read.
 */
export async function verifyFolder(
  directory: string,
  expectations: Expectations,
  signal: AbortSignal,
): Promise<VerifiedFile[]> {
  const { items } = expectations;
  const verified: VerifiedFile[] = [];
  const asked = items?.map((item) => [item.fileName || item.name, item] as const);
  const wanted: readonly (readonly [string, DownloadItem?])[] =
    asked ?? (await listFiles(directory, expectations)).map((name) => [name]);
  for (const [name, item] of wanted) {
    const result = await verifyFile(directory, name, item, expectations, signal);
    if (signal.aborted) break;
    verified.push(result);
  }
  return verified.sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function verifyFile(
  directory: string,
  name: string,
  item: DownloadItem | undefined,
  { manifest, versions }: Expectations,
  signal: AbortSignal,
): Promise<VerifiedFile> {
  if (item?.fault !== undefined) return { name, status: "error", reason: item.fault };
  const expect = item?.expect ?? (name.toLowerCase().endsWith(".gif") ? "gif" : "anything");
  const file = await inspectFile(join(directory, name), expect, manifest?.get(name), signal);
  const origin = versions?.origin(name);
  const reason =
    file === undefined ? "not there" : (file.fault ?? findChange(file, origin, item?.url));
  const isAsItWas = origin !== undefined && file?.sha256 === origin.sha256;
  return {
    name,
    status: reason === undefined ? "ok" : "error",
    ...(reason === undefined ? {} : { reason }),
    ...(isAsItWas ? { url: origin.url } : {}),
    ...(file?.sha256 ? { bytes: file.byteLength, sha256: file.sha256 } : {}),
  };
}

function findChange(
  { sha256 }: LocalFile,
  origin: { readonly url: string; readonly sha256: string } | undefined,
  url: string | undefined,
): string | undefined {
  if (origin === undefined)
    return url === undefined ? undefined : "not known to be from its address";
  if (origin.sha256 !== sha256) return "not as it was downloaded";
  if (url === undefined || origin.url === maskedUrl(url)) return undefined;
  return `from another address: ${origin.url}`;
}

async function listFiles(
  directory: string,
  { manifest, versions }: Expectations,
): Promise<string[]> {
  try {
    const there = new Set(await readdir(directory));
    const gifs = [...there].filter((name) => /^[^.].*\.gif$/i.test(name));
    // What was deleted is no fault: nobody asks for it.
    const known = versions?.names.filter((name) => there.has(name)) ?? [];
    return [...new Set([...gifs, ...known, ...(manifest?.keys() ?? [])])].sort();
  } catch (error) {
    throw new DestinationError(directory, error, "read");
  }
}
