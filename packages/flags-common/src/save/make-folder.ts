import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "../shared/failure-reason.js";

/**
 * Makes a folder, and those that lead to it.
 *
 * Node's own `recursive` never ends where a folder that is there answers ENOENT to a new one, as /proc does.
 */
export async function makeFolder(directory: string): Promise<void> {
  try {
    await makeOneFolder(directory);
  } catch (error) {
    const parent = dirname(directory);
    if (errorCode(error) !== "ENOENT" || parent === directory) throw error;
    await makeFolder(parent);
    // Whoever makes the same folders at the same time may have made the parent since the first try.
    await makeOneFolder(directory);
  }
}

async function makeOneFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    if (!(await isFolder(directory))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
