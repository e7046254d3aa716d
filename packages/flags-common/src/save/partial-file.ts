import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Hash } from "node:crypto";
import type { Beginning } from "../fetch/validators.js";
import { errorCode } from "../shared/failure-reason.js";
import { openOwnFile } from "../shared/open-file.js";
import { newSha256 } from "../shared/sha256.js";
import { parseOrigin, readNote, type Origin } from "./checkpoint.js";
import { TemporaryFile } from "./temporary-file.js";

const MARK = Buffer.from("rest");
/** Behind the bytes stands their {@link Origin} as JSON, and then this: the length of the JSON in four bytes, and a mark. */
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
  const partial = await openOwnFile(from);
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
  const origin = await readTrailer(handle);
  if (origin?.url !== url) return undefined;
  const { byteLength, validator, totalBytes } = origin;
  const hash = newSha256();
  for (let at = 0; at < byteLength; at += READ_BYTES) {
    hash.update(await read(handle, at, Math.min(READ_BYTES, byteLength - at)));
  }
  if (hash.copy().digest("hex") !== origin.sha256) return undefined;
  const ends = [
    await read(handle, 0, Math.min(6, byteLength)),
    await read(handle, byteLength - 1, 1),
  ];
  return { beginning: { byteLength, validator, totalBytes }, hash, ends };
}

async function readTrailer(handle: FileHandle): Promise<Origin | undefined> {
  const { size } = await handle.stat();
  const end = await read(handle, size - END_BYTES, END_BYTES);
  const jsonBytes = end.length === END_BYTES ? end.readUInt32BE(0) : 0;
  const byteLength = size - END_BYTES - jsonBytes;
  const isOurs = end.subarray(4).equals(MARK) && jsonBytes <= MAX_TRAILER_BYTES && byteLength > 0;
  if (!isOurs) return undefined;
  const origin = parseOrigin((await read(handle, byteLength, jsonBytes)).toString());
  return origin && { ...origin, byteLength };
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position < 0) return Buffer.alloc(0);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Leaves the beginning of a file for the next try, as {@link takePartial} will find it. */
export async function leavePartial(
  { file, handle, hash }: OpenFile,
  place: PartialPlace,
  beginning: Beginning,
): Promise<void> {
  const { directory, fileName, url } = place;
  await writeTrailer(handle, { ...beginning, url, sha256: hash.digest("hex") });
  await handle.close();
  await rename(file.path, partialPath(directory, fileName));
  file.release();
}

async function writeTrailer(handle: FileHandle, origin: Origin): Promise<void> {
  const { byteLength } = origin;
  const json = Buffer.from(JSON.stringify(origin));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  await handle.truncate(byteLength);
  await writeAll(handle, Buffer.concat([json, length, MARK]), byteLength);
}

/**
 * Makes the beginning of a file out of a temporary file whose process was killed, as {@link takePartial} will find it, and
 * removes one that is none.
 *
 * @param path - Of the temporary file.
 */
export async function recoverPartial(
  path: string,
  directory: string,
  fileName: string,
): Promise<void> {
  let own: { readonly file: TemporaryFile; readonly made: FileHandle } | undefined;
  try {
    // Whoever gets the file under a name of its own is the only one who touches it.
    own = await TemporaryFile.create(directory, fileName, (to) => takeName(path, to));
    const { file, made: handle } = own;
    const note = await readNote(path);
    const { size } = await handle.stat();
    const isNoted = note !== undefined && note.byteLength > 0 && note.byteLength <= size;
    if (isNoted) await writeTrailer(handle, note);
    // Killed before it went on, it has its trailer still.
    if (isNoted || (await readTrailer(handle)) !== undefined) {
      await rename(file.path, partialPath(directory, fileName));
    }
  } catch (error) {
    // Another run was faster, or it is of no use to us.
    if (/^E(ACCES|PERM)$/.test(errorCode(error) ?? "")) await rm(path, { force: true });
  }
  await own?.made.close().catch(() => undefined);
  await own?.file.remove();
}

/** Writes pieces one behind the other at a position: one call of the system may write less than all of them. */
export async function writeChunks(
  handle: FileHandle,
  chunks: readonly Uint8Array[],
  position: number,
): Promise<void> {
  const { bytesWritten } = await handle.writev(chunks, position);
  let at = position;
  for (const chunk of chunks) {
    const written = Math.max(0, Math.min(chunk.length, position + bytesWritten - at));
    if (written < chunk.length) await writeAll(handle, chunk.subarray(written), at + written);
    at += chunk.length;
  }
}

/** Writes all of the bytes at a position: one call of the system may write less. */
async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Removes what {@link leavePartial} left. */
export async function removePartial(directory: string, fileName: string): Promise<void> {
  await rm(partialPath(directory, fileName), { force: true }).catch(() => undefined);
}
