import { isAbsolute, relative } from "node:path";
import { errorCode, errorMessage, systemMessage } from "../shared/failure-reason.js";

/** The folder for the files cannot be used, or a file in it cannot be written. */
export class DestinationError extends Error {
  override readonly name = "DestinationError";
  /** The system's code, such as `ENOSPC` or `EACCES`, if there is one. */
  readonly code: string | undefined;

  /** Makes a message such as `cannot write to downloads/: no space left on device`. */
  constructor(directory: string, cause: unknown, verb: "write to" | "read" = "write to") {
    const code = errorCode(cause);
    const reason =
      code === "EEXIST" || code === "ENOTDIR"
        ? "not a folder"
        : (systemMessage(code) ?? errorMessage(cause));
    super(`cannot ${verb} ${shownFolder(directory)}: ${reason}`, { cause });
    this.code = code;
  }
}

/** The path as its user would write it: from here where it lies below. */
function shownFolder(directory: string): string {
  const fromHere = isAbsolute(directory) ? relative(process.cwd(), directory) : directory;
  const path = fromHere.startsWith("..") ? directory : fromHere || ".";
  return path.endsWith("/") ? path : `${path}/`;
}
