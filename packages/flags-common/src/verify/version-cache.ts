import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { types } from "node:util";
import type { Validators } from "../fetch/validators.js";
import { errorCode } from "../shared/failure-reason.js";
import { maskedUrl } from "../shared/mask-secrets.js";
import { NotAFileError, readFileUpTo } from "../shared/open-file.js";
import { DestinationError } from "../save/destination-error.js";
import { withTemporaryFile } from "../save/temporary-file.js";

/** What is remembered about a file that was downloaded. */
interface KnownVersion extends Validators {
  readonly url: string;
  readonly sha256: string;
}

/** It is not there, or another user's; what is wrong with the folder is told by those who need it. */
const NOT_TO_BE_HAD = new Set("ENOENT EACCES EPERM ENOTDIR EISDIR ELOOP ENAMETOOLONG".split(" "));
/** Where it is kept what is known of the files of a folder. */
export const CACHE_NAME = ".versions.json";
/** Enough for some hundred thousand files. A larger one is not ours, and what it comes to might not fit in memory. */
const MAX_CACHE_BYTES = 2 ** 27;
/** Addresses tell more about their user than files do. */
const OWNER_ONLY = 0o600;

/** How long what is new waits at least for being written, in milliseconds, and for how many times what the last time took. */
const SAVE_INTERVAL_MS = 2000;
const SAVE_SHARE = 20;

/**
 * Remembers from run to run which version of each file is there, and where it came from, in `.versions.json` beside the
 * files.
 *
 * What is new is written now and then, so that a run that is killed has forgotten little, and at the end. It is added to
 * what others may have written meanwhile.
 */
export class VersionCache {
  readonly #directory: string;
  readonly #remembersAll: boolean;
  #versions: ReadonlyMap<string, KnownVersion>;
  readonly #ours = new Map<string, KnownVersion>();
  #isChanged = false;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> | undefined;
  #intervalMs = SAVE_INTERVAL_MS;

  private constructor(
    directory: string,
    versions: ReadonlyMap<string, KnownVersion>,
    remembersAll: boolean,
  ) {
    this.#directory = directory;
    this.#versions = versions;
    this.#remembersAll = remembersAll;
  }

  /**
   * Reads the cache of a folder; one that is missing, damaged or too large counts as empty.
   *
   * @param remembersAll - Whether to remember files that are not known yet; those that are, it always keeps right.
   * @throws {DestinationError} (as a rejection) When it cannot be read, or will not be written because a folder is in its
   *   place.
   */
  static async open(directory: string, remembersAll: boolean): Promise<VersionCache> {
    try {
      if (remembersAll) await assertNoFolder(directory);
      return new VersionCache(directory, await readVersions(directory), remembersAll);
    } catch (error) {
      throw new DestinationError(directory, error);
    }
  }

  /** What the server said when the file with this content came from this address. */
  find(fileName: string, url: string, sha256: string): Validators | undefined {
    const version = this.#get(fileName);
    if (version?.url !== maskedUrl(url) || version.sha256 !== sha256) return undefined;
    return { etag: version.etag, lastModified: version.lastModified };
  }

  /** Whether the file with this content came from this address, as far as is known. */
  isFrom(fileName: string, url: string, sha256: string): boolean {
    return this.find(fileName, url, sha256) !== undefined;
  }

  /** Where the file came from, without a password, and the SHA-256 that it had then. */
  origin(fileName: string): Pick<KnownVersion, "url" | "sha256"> | undefined {
    return this.#get(fileName);
  }

  /** The files that are known. */
  get names(): readonly string[] {
    return [...new Set([...this.#versions.keys(), ...this.#ours.keys()])];
  }

  /** Whether it is worthwhile to look at the file at all. */
  has(fileName: string): boolean {
    return this.#get(fileName) !== undefined;
  }

  /** Remembers a file that was saved. */
  set(fileName: string, version: KnownVersion): void {
    if (!this.#remembersAll && !this.has(fileName)) return;
    // A password would be there for everybody to read who gets the folder.
    this.#ours.set(fileName, { ...version, url: maskedUrl(version.url) });
    this.#isChanged = true;
    this.#timer ??= setTimeout(() => {
      // The last time it is told.
      this.#saving = this.#write().catch(() => undefined);
    }, this.#intervalMs).unref();
  }

  /**
   * Writes what is new, whole or not at all.
   *
   * @throws {DestinationError} (as a rejection) When it cannot be written.
   */
  async save(): Promise<void> {
    await this.#saving;
    clearTimeout(this.#timer);
    if (this.#isChanged) await this.#write();
  }

  #get(fileName: string): KnownVersion | undefined {
    return this.#ours.get(fileName) ?? this.#versions.get(fileName);
  }

  async #write(): Promise<void> {
    const startedAtMs = performance.now();
    this.#isChanged = false;
    try {
      this.#versions = await readVersions(this.#directory);
      await assertNoFolder(this.#directory);
      await withTemporaryFile(
        this.#directory,
        CACHE_NAME.slice(1),
        cacheText(new Map([...this.#versions, ...this.#ours])),
        (path) => rename(path, join(this.#directory, CACHE_NAME)),
        OWNER_ONLY,
      );
    } catch (error) {
      this.#isChanged = true;
      throw new DestinationError(this.#directory, error);
    } finally {
      this.#timer = undefined;
      const tookMs = performance.now() - startedAtMs;
      this.#intervalMs = Math.max(SAVE_INTERVAL_MS, tookMs * SAVE_SHARE);
    }
  }
}

async function assertNoFolder(directory: string): Promise<void> {
  const there = await stat(join(directory, CACHE_NAME)).catch(() => undefined);
  if (there?.isDirectory() === true) throw new Error(`${CACHE_NAME} is a folder`);
}

/** Writes what is known, by the alphabet, as far as it may be read again. */
function cacheText(versions: ReadonlyMap<string, KnownVersion>): Uint8Array {
  const entries: string[] = [];
  let byteLength = 4;
  const all = [...versions].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [fileName, version] of all) {
    // Without the braces around them.
    const entry = JSON.stringify(Object.fromEntries([[fileName, version]]), undefined, 2).slice(
      2,
      -2,
    );
    byteLength += Buffer.byteLength(entry) + 2;
    if (byteLength > MAX_CACHE_BYTES) break;
    entries.push(entry);
  }
  return Buffer.from(entries.length === 0 ? "{}\n" : `{\n${entries.join(",\n")}\n}\n`);
}

async function readVersions(directory: string): Promise<Map<string, KnownVersion>> {
  const versions = new Map<string, KnownVersion>();
  try {
    const text = await readFileUpTo(join(directory, CACHE_NAME), MAX_CACHE_BYTES);
    const content: unknown = JSON.parse(text ?? "{}");
    const entries = typeof content === "object" && content !== null ? Object.entries(content) : [];
    for (const [fileName, value] of entries) {
      const version = readVersion(value);
      if (version !== undefined) versions.set(fileName, version);
    }
  } catch (error) {
    // Without it everything is fetched again: that is slow, but right.
    const isUseless =
      error instanceof NotAFileError ||
      (types.isNativeError(error) && error.name === "SyntaxError");
    if (!isUseless && !NOT_TO_BE_HAD.has(errorCode(error) ?? "")) throw error;
  }
  return versions;
}

function readVersion(value: unknown): KnownVersion | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const text = (name: string): string | undefined => {
    const field = fields.get(name);
    return typeof field === "string" ? field : undefined;
  };
  const url = text("url");
  const sha256 = text("sha256");
  if (url === undefined || sha256 === undefined) return undefined;
  return { url: maskedUrl(url), sha256, etag: text("etag"), lastModified: text("lastModified") };
}
