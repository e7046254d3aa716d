import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { PartialBody } from "../fetch/partial-body.js";
import { withTemporaryFile } from "./temporary-file.js";

/** What stands in front of the bytes, as one line of JSON. */
interface Header {
  readonly url: string;
  readonly validator: string;
}

const LINE_FEED = 0x0a;

/** The file that keeps the beginning of `br.gif` from one run to the next. */
function partialPath(directory: string, fileName: string): string {
  return join(directory, `.${fileName}.resume`);
}

/** Reads the beginning of a file that an earlier try left; `undefined` when there is none that could be used. */
export async function readPartial(
  directory: string,
  fileName: string,
  url: string,
): Promise<PartialBody | undefined> {
  try {
    const content = await readFile(partialPath(directory, fileName));
    const end = content.indexOf(LINE_FEED);
    const header = parseHeader(content.subarray(0, Math.max(end, 0)).toString());
    if (header?.url !== url || end + 1 >= content.length) return undefined;
    return { validator: header.validator, bytes: new Uint8Array(content.subarray(end + 1)) };
  } catch {
    // Not there, or not readable: the download starts anew.
    return undefined;
  }
}

function parseHeader(text: string): Header | undefined {
  const header: unknown = JSON.parse(text);
  if (typeof header !== "object" || header === null) return undefined;
  if (!("url" in header) || typeof header.url !== "string") return undefined;
  if (!("validator" in header) || typeof header.validator !== "string") return undefined;
  return { url: header.url, validator: header.validator };
}

/** Keeps the beginning of a file for the next try. That it cannot be kept is no reason to fail. */
export async function writePartial(
  directory: string,
  fileName: string,
  url: string,
  partial: PartialBody,
): Promise<void> {
  const header = JSON.stringify({ url, validator: partial.validator } satisfies Header);
  const content = Buffer.concat([Buffer.from(`${header}\n`), partial.bytes]);
  const path = partialPath(directory, fileName);
  await withTemporaryFile(directory, fileName, content, (temporary) =>
    rename(temporary, path),
  ).catch(() => undefined);
}

/** Removes what {@link writePartial} left. */
export async function removePartial(directory: string, fileName: string): Promise<void> {
  await rm(partialPath(directory, fileName), { force: true }).catch(() => undefined);
}
