import { accessSync, constants, statSync, type Stats } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileReason } from "./file-reason.js";

/** A file, or what will be one; not a pipe or a device, which has no name to take over. */
function isReplaced(existing: Stats | undefined): boolean {
  return existing === undefined || existing.isFile();
}

/** Says why a file cannot be written, as far as can be known before it is tried; undefined if nothing speaks against it. */
export function whyNotWritable(path: string): string | undefined {
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing?.isDirectory() === true) return "it is a folder";
    // A file is replaced, which is up to its folder.
    accessSync(isReplaced(existing) ? dirname(path) : path, constants.W_OK);
    return undefined;
  } catch (error) {
    return fileReason(error);
  }
}

/** Writes a file under another name first: half a page never bears the name that was asked for. */
export async function writeWhole(path: string, content: string): Promise<void> {
  if (!isReplaced(statSync(path, { throwIfNoEntry: false }))) {
    await writeFile(path, content);
    return;
  }
  const temporary = `${path}.${process.pid}.part`;
  try {
    await writeFile(temporary, content, { flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
