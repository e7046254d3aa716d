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

/** How a certificate begins; other blocks, such as keys, are passed over. */
const CERTIFICATE = /^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;

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
  const name = nameOf(path);
  // Node passes over what it cannot read, and would trust the others.
  const blocks = ca.split(/^(?=-----BEGIN )/m).filter((text) => CERTIFICATE.test(text));
  if (blocks.length === 0) throw new InputError(`there are no certificates in ${name}`);
  for (const [index, block] of blocks.entries()) {
    try {
      parseCertificate(block);
    } catch (error) {
      const which = `certificate ${index + 1} of ${blocks.length}`;
      throw new InputError(`${name}: ${which} cannot be read`, { cause: error });
    }
  }
  return ca;
}

/** @throws {Error} When a text that begins as a certificate does not begin with a whole one. */
function parseCertificate(block: string): object {
  const [pem = ""] = /^[^]*?^-----END (?:X509 |TRUSTED )?CERTIFICATE-----\s*$/m.exec(block) ?? [];
  const { X509Certificate } = process.getBuiltinModule("node:crypto");
  return new X509Certificate(pem);
}

function nameOf(path: string): string {
  return path === "-" ? "stdin" : path;
}
