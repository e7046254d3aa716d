import { printable } from "../shared/failure-reason.js";
import { InputError, listLines } from "../input/read-list.js";

/** The SHA-256 that each file must have, by file name. */
export type Manifest = ReadonlyMap<string, string>;

/**
 * Reads a manifest as `sha256sum` writes it: `<64 hexadecimal digits>  br.gif` in each line.
 *
 * @param name - The name of the manifest, for messages.
 * @throws {InputError} When a line is something else.
 */
export function readManifest(content: string, name: string): Manifest {
  const manifest = new Map<string, string>();
  for (const { number, text } of listLines(content)) {
    // "*" stands before the names of files that sha256sum read as binary ones.
    const [, sha256, path] = /^([0-9a-fA-F]{64}) [ *](?:.*\/)?([^/]+)$/.exec(text) ?? [];
    if (sha256 === undefined || path === undefined) {
      throw new InputError(`${name}, line ${number}: not a SHA-256 and a name: ${printable(text)}`);
    }
    manifest.set(path, sha256.toLowerCase());
  }
  return manifest;
}
