import { readdir, realpath, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DestinationError } from "./destination-error.js";
import { makeFolder } from "./make-folder.js";
import { recoverPartial } from "./partial-file.js";
import { staleTemporary, withTemporaryFile } from "./temporary-file.js";

const DESTINATION_NAME = "downloads";

/**
 * Prepares a folder for flags before the first request: creates it, writes and removes a file in it,
 * and removes the temporary files of runs that were killed.
 *
 * @throws {DestinationError} (as a rejection) When files cannot be written there; its message is one line.
 * @example
 * await prepareDestination("downloads");
 */
export async function prepareDestination(directory: string): Promise<void> {
  try {
    await makeFolder(directory);
    await removeStaleFiles(directory);
    // More than nothing, because a full disk still takes empty files.
    // That it could be written is all we want to know.
    await withTemporaryFile(directory, "probe.gif", new Uint8Array(512), (path) => rm(path));
  } catch (error) {
    throw new DestinationError(directory, error);
  }
}

async function removeStaleFiles(directory: string): Promise<void> {
  const notes: string[] = [];
  for (const name of await readdir(directory)) {
    const stale = await staleTemporary(directory, name);
    if (stale?.kind === "note") notes.push(name);
    else if (stale !== undefined) {
      await recoverPartial(join(directory, name), directory, stale.fileName);
    }
  }
  // Those of files that are there are gone by now.
  for (const name of notes) {
    // What is called so and is a folder, say, is not ours.
    await rm(join(directory, name), { force: true }).catch(() => undefined);
  }
}

/**
 * Finds the folder for the flags: `downloads` in the folder where the user stands.
 *
 * pnpm and npm run a script in its package's folder and hand on the user's own in INIT_CWD. The variable
 * stays set in everything started from such a script, so it counts only in the script's own folder.
 */
export async function findDestination(
  env: NodeJS.ProcessEnv = process.env,
  cwd: string = process.cwd(),
): Promise<string> {
  return join(await findUserDirectory(env, cwd), DESTINATION_NAME);
}

/** Finds the folder where the user stands, see {@link findDestination}. */
export async function findUserDirectory(
  env: NodeJS.ProcessEnv = process.env,
  cwd: string = process.cwd(),
): Promise<string> {
  const { INIT_CWD: userDirectory, npm_lifecycle_event: script, npm_package_json: manifest } = env;
  if (userDirectory === undefined || script === undefined) return cwd;
  const scriptDirectory = manifest === undefined ? cwd : dirname(manifest);
  return (await isSameDirectory(scriptDirectory, cwd)) ? resolve(userDirectory) : cwd;
}

async function isSameDirectory(one: string, other: string): Promise<boolean> {
  try {
    return (await realpath(one)) === (await realpath(other));
  } catch {
    // A folder that is not there is not this one.
    return false;
  }
}
