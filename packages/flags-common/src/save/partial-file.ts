import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Hash } from "node:crypto";
import type { Beginning } from "../fetch/validators.js";
import { newSha256 } from "../shared/sha256.js";
import { TemporaryFile } from "./temporary-file.js";

/** What stands behind the bytes: as JSON, then its length in four bytes, then a mark. */
interface Trailer {
  readonly url: string;
  readonly validator: string;
  readonly totalBytes?: number | undefined;
  /** Of the bytes: whoever changed them, they are no beginning of the file any more. */
  readonly sha256: string;
}

const MARK = Buffer.from("rest");
/** Behind the JSON. */
const END_BYTES = 4 + MARK.length;
const MAX_TRAILER_BYTES = 1 << 20;
const READ_BYTES = 1 << 18;

/** Which file it is the beginning of. */
export interface PartialPlace {
  readonly directory: string;
  readonly fileName: string;
  /** Without secrets: it is written down. */
  readonly url: string;
}

/** A file of which more bytes are to come. */
export interface OpenFile {
  readonly file: TemporaryFile;
  readonly handle: FileHandle;
  /** Of the bytes so far. */
  readonly hash: Hash;
}

/** The beginning of a file, under a temporary name: no other run can take it now. */
export interface TakenPartial extends OpenFile {
  readonly beginning: Beginning;
  /** Its first and its last bytes. */
  readonly ends: readonly Uint8Array[];
}

/** The file that keeps the beginning of `br.gif` from one run to the next. */
function partialPath(directory: string, fileName: string): string {
  return join(directory, `.${fileName}.resume`);
}

/** Takes the beginning of a file that an earlier try left; `undefined` when there is none that could be used. */
export async function takePartial({
  directory,
  fileName,
  url,
}: PartialPlace): Promise<TakenPartial | undefined> {
  let file: TemporaryFile | undefined;
  let handle: FileHandle | undefined;
  try {
    ({ file, made: handle } = await TemporaryFile.create(directory, fileName, (path) =>
      takeName(partialPath(directory, fileName), path),
    ));
    const taken = await readPartial(handle, url);
    if (taken !== undefined) return { file, handle, ...taken };
  } catch {
    // Not there, or not readable: the download starts anew.
  }
  await handle?.close().catch(() => undefined);
  await file?.remove();
  return undefined;
}

async function takeName(from: string, to: string): Promise<FileHandle> {
  const partial = await open(from, "r+");
  try {
    // To rename does not fail where there is a file.
    await (await open(to, "wx")).close();
    await rename(from, to);
    return partial;
  } catch (error) {
    await partial.close();
    throw error;
  }
}

async function readPartial(
  handle: FileHandle,
  url: string,
): Promise<Pick<TakenPartial, "beginning" | "hash" | "ends"> | undefined> {
  const { size } = await handle.stat();
  const end = await read(handle, size - END_BYTES, END_BYTES);
  const jsonBytes = end.length === END_BYTES ? end.readUInt32BE(0) : 0;
  const byteLength = size - END_BYTES - jsonBytes;
  const isOurs = end.subarray(4).equals(MARK) && jsonBytes <= MAX_TRAILER_BYTES && byteLength > 0;
  if (!isOurs) return undefined;
  const trailer = parseTrailer((await read(handle, byteLength, jsonBytes)).toString());
  if (trailer?.url !== url) return undefined;
  const hash = newSha256();
  for (let at = 0; at < byteLength; at += READ_BYTES) {
    hash.update(await read(handle, at, Math.min(READ_BYTES, byteLength - at)));
  }
  if (hash.copy().digest("hex") !== trailer.sha256) return undefined;
  const { validator, totalBytes } = trailer;
  const ends = [
    await read(handle, 0, Math.min(6, byteLength)),
    await read(handle, byteLength - 1, 1),
  ];
  return { beginning: { byteLength, validator, totalBytes }, hash, ends };
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position < 0) return Buffer.alloc(0);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function parseTrailer(text: string): Trailer | undefined {
  const content: unknown = JSON.parse(text);
  if (typeof content !== "object" || content === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(content));
  const [url, validator, sha256, totalBytes] = ["url", "validator", "sha256", "totalBytes"].map(
    (name) => fields.get(name),
  );
  if (typeof url !== "string" || typeof validator !== "string") return undefined;
  if (typeof sha256 !== "string") return undefined;
  return {
    url,
    validator,
    sha256,
    totalBytes: typeof totalBytes === "number" ? totalBytes : undefined,
  };
}

/** Leaves the beginning of a file for the next try, as {@link takePartial} will find it. */
export async function leavePartial(
  { file, handle, hash }: OpenFile,
  place: PartialPlace,
  { byteLength, validator, totalBytes }: Beginning,
): Promise<void> {
  const { directory, fileName, url } = place;
  const trailer: Trailer = { url, validator, totalBytes, sha256: hash.digest("hex") };
  const json = Buffer.from(JSON.stringify(trailer));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  await handle.truncate(byteLength);
  await writeAll(handle, Buffer.concat([json, length, MARK]), byteLength);
  await handle.close();
  await rename(file.path, partialPath(directory, fileName));
  file.release();
}

/** Writes all of the bytes at a position: one call of the system may write less. */
export async function writeAll(
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Removes what {@link leavePartial} left. */
export async function removePartial(directory: string, fileName: string): Promise<void> {
  await rm(partialPath(directory, fileName), { force: true }).catch(() => undefined);
}
