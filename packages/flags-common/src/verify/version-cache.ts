import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { types } from "node:util";
import type { Validators } from "../fetch/validators.js";
import { errorCode } from "../shared/failure-reason.js";
import { maskedUrl } from "../shared/mask-secrets.js";
import { DestinationError } from "../save/destination-error.js";
import { withTemporaryFile } from "../save/temporary-file.js";

/** What is remembered about a file that was downloaded. */
interface KnownVersion extends Validators {
  readonly url: string;
  readonly sha256: string;
}

/** It is not there, or another user's; what is wrong with the folder is told by those who need it. */
const NOT_TO_BE_HAD = new Set("ENOENT EACCES EPERM ENOTDIR EISDIR ELOOP ENAMETOOLONG".split(" "));
const CACHE_NAME = ".versions.json";
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
   * Reads the cache of a folder; one that is missing or damaged counts as empty.
   *
   * @param remembersAll - Whether to remember files that are not known yet; those that are, it always keeps right.
   */
  static async open(directory: string, remembersAll: boolean): Promise<VersionCache> {
    return new VersionCache(directory, await readVersions(directory), remembersAll);
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
      const all = [...new Map([...this.#versions, ...this.#ours])];
      all.sort(([one], [other]) => (one < other ? -1 : 1));
      const content = JSON.stringify(Object.fromEntries(all), undefined, 2);
      await withTemporaryFile(
        this.#directory,
        CACHE_NAME.slice(1),
        new TextEncoder().encode(`${content}\n`),
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

async function readVersions(directory: string): Promise<Map<string, KnownVersion>> {
  const versions = new Map<string, KnownVersion>();
  try {
    const content: unknown = JSON.parse(await readFile(join(directory, CACHE_NAME), "utf8"));
    const entries = typeof content === "object" && content !== null ? Object.entries(content) : [];
    for (const [fileName, value] of entries) {
      const version = readVersion(value);
      if (version !== undefined) versions.set(fileName, version);
    }
  } catch (error) {
    // Without it everything is fetched again: that is slow, but right.
    const isUseless = types.isNativeError(error) && error.name === "SyntaxError";
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
