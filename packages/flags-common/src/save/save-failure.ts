import type { Failure } from "../fetch/flag-result.js";
import { fail } from "../fetch/judge-answer.js";
import type { DestinationError } from "./destination-error.js";

/** Tells what concerns one file from what concerns them all, such as a full disk. */
export function saveFailure({ code, message }: DestinationError, fileName = "it"): Failure {
  switch (code) {
    case "EISDIR":
    case "ENOTEMPTY":
      return fail("CANNOT_REPLACE", `${fileName} is a folder`);
    case "EMFILE":
    case "ENFILE":
      return fail("TOO_MANY_FILES", "too many open files");
    default:
      return fail("CANNOT_SAVE", message);
  }
}
