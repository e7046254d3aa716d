import { constants } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";

/** What stands where a file should be is none: a folder, a pipe, a device. */
export class NotAFileError extends Error {
  override readonly name = "NotAFileError";
}

/** A pipe is opened at once, and not only when somebody holds its other end. */
const AT_ONCE = process.platform === "win32" ? 0 : constants.O_NONBLOCK;
const NO_LINK = process.platform === "win32" ? 0 : constants.O_NOFOLLOW;

/**
 * Opens a file that is ours to read. Whoever may write to its folder may have put something else there, on which a program
 * would wait for ever.
 *
 * @throws {NotAFileError} (as a rejection) When it is no file.
 */
export async function openFile(path: string): Promise<FileHandle> {
  // To open a device may already do something.
  if (!(await stat(path)).isFile()) throw new NotAFileError();
  return await opened(path, constants.O_RDONLY);
}

/**
 * Opens a file of ours to write to it, too: never that to which a link leads which somebody put in its place.
 *
 * @throws {NotAFileError} (as a rejection) When it is no file.
 */
export async function openOwnFile(path: string): Promise<FileHandle> {
  return await opened(path, constants.O_RDWR | NO_LINK);
}

/**
 * Reads a file as text.
 *
 * @returns `undefined` when it is larger than `maxBytes`.
 * @throws {NotAFileError} (as a rejection) When it is no file.
 */
export async function readFileUpTo(path: string, maxBytes: number): Promise<string | undefined> {
  const handle = await openFile(path);
  try {
    return (await handle.stat()).size > maxBytes ? undefined : await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

async function opened(path: string, flags: number): Promise<FileHandle> {
  const handle = await open(path, flags | AT_ONCE);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new NotAFileError();
}
