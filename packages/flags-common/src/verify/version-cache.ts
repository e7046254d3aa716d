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

const CACHE_NAME = ".versions.json";
/** Addresses tell more about their user than files do. */
const OWNER_ONLY = 0o600;

/**
 * Remembers from run to run which version of each file is there, in `.versions.json` beside the files, so that
 * a server has to send only what has changed.
 */
export class VersionCache {
  readonly #directory: string;
  readonly #versions: Map<string, KnownVersion>;

  private constructor(directory: string, versions: Map<string, KnownVersion>) {
    this.#directory = directory;
    this.#versions = versions;
  }

  /** Reads the cache of a folder; one that is missing or damaged counts as empty. */
  static async open(directory: string): Promise<VersionCache> {
    const versions = new Map<string, KnownVersion>();
    try {
      const content: unknown = JSON.parse(await readFile(join(directory, CACHE_NAME), "utf8"));
      const entries =
        typeof content === "object" && content !== null ? Object.entries(content) : [];
      for (const [fileName, value] of entries) {
        const version = readVersion(value);
        if (version !== undefined) versions.set(fileName, version);
      }
    } catch (error) {
      // Without it everything is fetched again: that is slow, but right. Another user's may not be readable.
      const isUseless = types.isNativeError(error) && error.name === "SyntaxError";
      if (!isUseless && !["ENOENT", "EACCES"].includes(errorCode(error) ?? "")) throw error;
    }
    return new VersionCache(directory, versions);
  }

  /** What the server said when the file with this content came from this address. */
  find(fileName: string, url: string, sha256: string): Validators | undefined {
    const version = this.#versions.get(fileName);
    if (version?.url !== maskedUrl(url) || version.sha256 !== sha256) return undefined;
    return { etag: version.etag, lastModified: version.lastModified };
  }

  /** Whether the file came from this address, as far as is known. */
  isFrom(fileName: string, url: string): boolean {
    return this.#versions.get(fileName)?.url === maskedUrl(url);
  }

  /** Whether it is worthwhile to look at the file at all. */
  has(fileName: string): boolean {
    return this.#versions.has(fileName);
  }

  /** Remembers a file that was saved. */
  set(fileName: string, version: KnownVersion): void {
    // A password would be there for everybody to read who gets the folder.
    this.#versions.set(fileName, { ...version, url: maskedUrl(version.url) });
  }

  /**
   * Writes the cache, whole or not at all.
   *
   * @throws {DestinationError} (as a rejection) When it cannot be written.
   */
  async save(): Promise<void> {
    const content = JSON.stringify(Object.fromEntries([...this.#versions].sort()), undefined, 2);
    const bytes = new TextEncoder().encode(`${content}\n`);
    try {
      await withTemporaryFile(
        this.#directory,
        CACHE_NAME.slice(1),
        bytes,
        (path) => rename(path, join(this.#directory, CACHE_NAME)),
        OWNER_ONLY,
      );
    } catch (error) {
      throw new DestinationError(this.#directory, error);
    }
  }
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
