import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { CommandLine } from "../cli/command-line.js";
import { nameKey } from "../input/file-name.js";
import { InputError } from "../input/read-list.js";
import { CACHE_NAME } from "../verify/version-cache.js";

/** What is written, and what is read: the first of two that are one file is the one that would be lost, or lose. */
const DOCUMENTS = ["report", "gallery"] as const;
const INPUTS = ["urls", "from", "manifest", "cacert"] as const;

type Option = (typeof DOCUMENTS)[number] | (typeof INPUTS)[number];

/** A file that an option names. */
interface NamedFile {
  readonly option: Option;
  readonly path: string;
  /** Where its name is, without links on the way, and where that leads if it is a link itself. */
  readonly places: readonly string[];
  /** Which file it is, whatever it is called; `undefined` while there is none. */
  readonly id: string | undefined;
}

/**
 * Makes sure that no file which a run writes takes the place of one that it reads or writes otherwise.
 *
 * @param directory - Where the downloaded files go.
 * @param fileNames - Those of the downloaded files.
 * @throws {InputError} (as a rejection) When one would.
 */
export async function assertApart(
  paths: Pick<CommandLine, Option>,
  directory: string,
  fileNames: () => readonly string[],
): Promise<void> {
  const documents = await filesOf(DOCUMENTS, paths);
  const inputs = await filesOf(INPUTS, paths);
  for (const [index, document] of documents.entries()) {
    const other = [...documents.slice(index + 1), ...inputs].find((one) => isSame(document, one));
    if (other !== undefined) {
      throw new InputError(
        `--${document.option} and --${other.option} are one file: ${document.path}`,
      );
    }
  }
  const folder = await placeOf(directory);
  const nearby = [...documents, ...inputs].flatMap(({ places, ...file }) =>
    places
      .filter((place) => dirname(place) === folder)
      .map((place) => ({ ...file, name: basename(place) })),
  );
  if (nearby.length === 0) return;
  const names = new Map([...fileNames(), CACHE_NAME].map((name) => [nameKey(name), name]));
  for (const { option, path, name, id } of nearby) {
    const download = names.get(nameKey(name));
    if (download === undefined) continue;
    const there = download === name ? id : await idOf(join(directory, download));
    if (id !== there) continue;
    const what = download === CACHE_NAME ? "what is known of the files" : "a file to download";
    throw new InputError(`--${option} and ${what} are one file: ${path}`);
  }
}

async function filesOf(
  options: readonly Option[],
  paths: Pick<CommandLine, Option>,
): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  for (const option of options) {
    const path = paths[option];
    if (path === undefined || path === "-") continue;
    const there = await stat(path).catch(() => undefined);
    // Pipes and devices may have several users.
    if (there !== undefined && !there.isFile()) continue;
    const place = join(await placeOf(dirname(path)), basename(path));
    const places = [...new Set([place, await placeOf(path)])];
    files.push({ option, path, places, id: await idOf(path) });
  }
  return files;
}

/** Two files that are both to come are one if any file system would take them for one. */
function isSame(one: NamedFile, other: NamedFile): boolean {
  if (one.id !== undefined || other.id !== undefined) return one.id === other.id;
  return one.places.some((place) => other.places.some((theirs) => areOne(place, theirs)));
}

function areOne(place: string, other: string): boolean {
  return dirname(place) === dirname(other) && nameKey(basename(place)) === nameKey(basename(other));
}

async function idOf(path: string): Promise<string | undefined> {
  const there = await stat(path, { bigint: true }).catch(() => undefined);
  return there && `${there.dev}:${there.ino}`;
}

/** Where a path leads, as far as it is there. */
async function placeOf(path: string): Promise<string> {
  const full = resolve(path);
  try {
    return await realpath(full);
  } catch {
    const parent = dirname(full);
    return parent === full ? full : join(await placeOf(parent), basename(full));
  }
}
