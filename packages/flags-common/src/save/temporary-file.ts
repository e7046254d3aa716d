import { writeFile } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { errorCode } from "../shared/failure-reason.js";

const TEMPORARY_NAME = /^\..+\.(\d+)\.\d+\.part$/;
/** More attempts than leftovers of one process id can be in the way. */
const MAX_NAME_ATTEMPTS = 1000;

/** With callbacks below: a FileHandle for each file takes twice the time. */
const writeWholeFile = promisify(writeFile);

/** The names in use in this thread, so that sweeping the folder spares them. */
const namesInUse = new Set<string>();
let lastNumber = 0;

/**
 * Writes the bytes to a temporary file, `.br.gif.<process id>.<number>.part`, and lets `finish` take it
 * from there. After a failure no file of that name is left.
 *
 * @param finish - Gets the path of the closed file: it renames or removes it.
 */
export async function withTemporaryFile(
  directory: string,
  name: string,
  bytes: Uint8Array,
  finish: (path: string) => Promise<void>,
): Promise<void> {
  const temporaryName = await writeTemporary(directory, name, bytes);
  const path = join(directory, temporaryName);
  try {
    await finish(path);
  } catch (error) {
    await removeTemporary(path);
    throw error;
  } finally {
    namesInUse.delete(temporaryName);
  }
}

/** Writes and closes the file; a full disk may be reported only then (NFS, quotas). */
async function writeTemporary(directory: string, name: string, bytes: Uint8Array): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    lastNumber += 1;
    const temporaryName = `.${name}.${process.pid}.${lastNumber}.part`;
    const path = join(directory, temporaryName);
    namesInUse.add(temporaryName);
    try {
      await writeWholeFile(path, bytes, { flag: "wx" });
      return temporaryName;
    } catch (error) {
      // A leftover of an earlier process with our id, or another thread of ours: take the next number.
      const isTaken = errorCode(error) === "EEXIST";
      if (!isTaken) await removeTemporary(path);
      namesInUse.delete(temporaryName);
      if (!isTaken || attempt === MAX_NAME_ATTEMPTS) throw error;
    }
  }
}

/** The error that brought us here says more than one from the clearing up. */
async function removeTemporary(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/** Tells whether a file was left behind by a process that is no more. */
export function isStaleTemporaryName(fileName: string): boolean {
  const pid = TEMPORARY_NAME.exec(fileName)?.[1];
  if (pid === undefined) return false;
  // In a container every run may have the same process id.
  if (Number(pid) === process.pid) return !namesInUse.has(fileName);
  return !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    return errorCode(error) === "EPERM";
  }
}
