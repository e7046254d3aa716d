import { DestinationError } from "./destination-error.js";
import { assertPlainName } from "./plain-name.js";
import { saveWhole } from "./save-whole.js";

/**
 * Saves the bytes of one flag under its name, or not at all.
 *
 * They are written to a temporary file in the same folder, which then takes the final name in one step:
 * a reader, a crash or a full disk never meets half a flag. An older file of that name is replaced. After
 * a failure the temporary file is gone.
 *
 * The counterpart of `save_flag` in the Python programs.
 *
 * @param directory - An existing folder, see `prepareDestination`.
 * @param name - A plain file name such as `br.gif`.
 * @throws {DestinationError} (as a rejection) When the file cannot be written; its message is one line.
 * @throws {TypeError} (as a rejection) When `name` leads out of the folder.
 * @example
 * await saveFlag("downloads", "br.gif", bytes);
 */
export async function saveFlag(directory: string, name: string, bytes: Uint8Array): Promise<void> {
  assertPlainName(name);
  try {
    await saveWhole(directory, name, bytes);
  } catch (error) {
    throw new DestinationError(directory, error);
  }
}
