import { rename, renameSync, writeFile, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { errorCode } from "../shared/failure-reason.js";
import { pathIn } from "./plain-name.js";
import { TemporaryFile, withTemporaryFile } from "./temporary-file.js";

const takeName = promisify(rename);
/** A file that must not be there before. */
const NEW_FILE = { flag: "wx" };

/** Saves a file that is all in memory under its name, or not at all; rejects with the error of the system. */
export type SaveFile = (directory: string, fileName: string, bytes: Uint8Array) => Promise<void>;

/**
 * Saves a file that is all in memory under its name, or not at all: it is written to a temporary file, which then takes the
 * name.
 *
 * Of the many small files of a long list nearly all are written at the first try: they are, with no more promises than this
 * one. Whatever goes wrong with the writing is left to the longer way, which knows what to do about it.
 */
export function saveWhole(directory: string, fileName: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const file = TemporaryFile.next(directory, fileName);
    writeFile(file.path, bytes, NEW_FILE, (failure) => {
      if (failure !== null) {
        saveLonger({ directory, fileName, bytes }, file, failure.code).then(resolve, reject);
        return;
      }
      rename(file.path, pathIn(directory, fileName), (error) => {
        if (error === null) {
          file.release();
          resolve();
        } else {
          void file.remove().then(() => {
            reject(error);
          });
        }
      });
    });
  });
}

/** Does what `saveWhole` does, and keeps this thread waiting meanwhile: for threads that have time for that. */
export async function saveNow(
  directory: string,
  fileName: string,
  bytes: Uint8Array,
): Promise<void> {
  const file = TemporaryFile.next(directory, fileName);
  try {
    writeFileSync(file.path, bytes, NEW_FILE);
  } catch (failure) {
    await saveLonger({ directory, fileName, bytes }, file, errorCode(failure));
    return;
  }
  try {
    renameSync(file.path, pathIn(directory, fileName));
    file.release();
  } catch (error) {
    await file.remove();
    throw error;
  }
}

/** A file that is all in memory. */
interface WholeFile {
  readonly directory: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/**
 * Saves a file once more that could not be saved in the short way.
 *
 * @param file - What was to be its temporary file.
 * @param code - What was in the way. A file that was there before (EEXIST) is not ours to remove.
 */
export async function saveLonger(
  { directory, fileName, bytes }: WholeFile,
  file: TemporaryFile,
  code: string | undefined,
): Promise<void> {
  if (code === "EEXIST") file.release();
  else await file.remove();
  await withTemporaryFile(directory, fileName, bytes, (path) =>
    takeName(path, pathIn(directory, fileName)),
  );
}
