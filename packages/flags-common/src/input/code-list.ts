import { printable } from "../shared/failure-reason.js";
import { InputError, listLines } from "./read-list.js";

/**
 * Reads country codes from a list: one or more in a line; what follows `#` is a comment.
 *
 * @param name - The name of the list, for messages.
 * @throws {InputError} When something in it is neither one nor two ASCII letters, or there is no code at all.
 */
export function readCodes(content: string, name: string): string[] {
  const codes = listLines(content).flatMap(({ number, text }) => {
    const [beforeComment = ""] = text.split("#", 1);
    return beforeComment
      .trim()
      .split(/[\s,]+/)
      .map((code) => {
        if (!/^[A-Za-z]{1,2}$/.test(code)) {
          throw new InputError(`${name}, line ${number}: not a country code: ${printable(code)}`);
        }
        return code;
      });
  });
  if (codes.length === 0) throw new InputError(`there is no country code in ${name}`);
  return codes;
}
