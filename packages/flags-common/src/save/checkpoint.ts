import { open, rm, type FileHandle } from "node:fs/promises";
import type { Beginning } from "../fetch/validators.js";
import { openOwnFile, readFileUpTo } from "../shared/open-file.js";

/** Ours have some hundred bytes. */
const MAX_NOTE_BYTES = 1 << 20;

/** Of what the first bytes of a file are the beginning. */
export interface Origin extends Beginning {
  /** Without secrets. */
  readonly url: string;
  /** Of the bytes: whoever changed them, they are no beginning of the file any more. */
  readonly sha256: string;
}

/**
 * A note beside a temporary file that says of what its first bytes are the beginning: for those who find the file when this
 * process was killed.
 */
export class Checkpoint {
  readonly #path: string;
  #isThere = false;

  /** @param temporaryPath - Of the file. */
  constructor(temporaryPath: string) {
    this.#path = notePath(temporaryPath);
  }

  /** Writes the note over what was there. That it cannot be written is no reason to fail. */
  async write(origin: Origin): Promise<void> {
    try {
      // In one write and without emptying the file before, so that a kill leaves the one note or the other.
      const note = await (this.#isThere ? openOwnFile(this.#path) : this.#make());
      try {
        await note.write(`${JSON.stringify(origin)}\n`, 0);
      } finally {
        await note.close();
      }
    } catch {
      // Only what a kill leaves is lost.
    }
  }

  async #make(): Promise<FileHandle> {
    // What an earlier process with our id left, or somebody put there.
    await rm(this.#path, { force: true });
    const note = await open(this.#path, "wx");
    this.#isThere = true;
    return note;
  }

  /** Removes the note. */
  async remove(): Promise<void> {
    if (this.#isThere) await rm(this.#path, { force: true }).catch(() => undefined);
    this.#isThere = false;
  }
}

/** Where the note of a temporary file is. */
function notePath(temporaryPath: string): string {
  return temporaryPath.replace(/\.part$/, ".note");
}

/** Reads the note that a killed process left beside a temporary file; `undefined` when there is none that says anything. */
export async function readNote(temporaryPath: string): Promise<Origin | undefined> {
  try {
    const note = await readFileUpTo(notePath(temporaryPath), MAX_NOTE_BYTES);
    const [line = ""] = note?.split("\n", 1) ?? [];
    return parseOrigin(line);
  } catch {
    return undefined;
  }
}

/** Reads what {@link Origin} has; `undefined` when something is missing. */
export function parseOrigin(json: string): Origin | undefined {
  const content: unknown = JSON.parse(json);
  if (typeof content !== "object" || content === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(content));
  const [url, validator, sha256] = ["url", "validator", "sha256"].map((name) => fields.get(name));
  const [byteLength, totalBytes] = ["byteLength", "totalBytes"].map((name) => fields.get(name));
  if (typeof url !== "string" || typeof validator !== "string") return undefined;
  if (typeof sha256 !== "string" || typeof byteLength !== "number") return undefined;
  return {
    url,
    validator,
    sha256,
    byteLength,
    totalBytes: typeof totalBytes === "number" ? totalBytes : undefined,
  };
}
