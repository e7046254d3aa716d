import { rename, writeFile } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { errorCode } from "../shared/failure-reason.js";
import { TemporaryFile, withTemporaryFile } from "./temporary-file.js";

const takeName = promisify(rename);

/**
 * Saves a file that is all in memory under its name, or not at all, as `withTemporaryFile` and a rename do.
 *
 * Of the many small files of a long list nearly all are written at the first try: they are, with no more promises than this
 * one. Whatever goes wrong with the writing is left to the longer way, which knows what to do about it.
 */
export function saveWhole(directory: string, fileName: string, bytes: Uint8Array): Promise<void> {
  const finalPath = join(directory, fileName);
  return new Promise((resolve, reject) => {
    const file = TemporaryFile.next(directory, fileName);
    writeFile(file.path, bytes, { flag: "wx" }, (failure) => {
      if (failure !== null) {
        giveUpName(file, failure)
          .then(() =>
            withTemporaryFile(directory, fileName, bytes, (path) => takeName(path, finalPath)),
          )
          .then(resolve, reject);
        return;
      }
      rename(file.path, finalPath, (error) => {
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

/** A file that was there before is not ours to remove. */
async function giveUpName(file: TemporaryFile, failure: Error): Promise<void> {
  if (errorCode(failure) === "EEXIST") file.release();
  else await file.remove();
}
