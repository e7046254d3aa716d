import { basename } from "node:path";

/**
 * Makes sure that a name stays in its folder.
 *
 * @throws {TypeError} When it leads out of it.
 */
export function assertPlainName(name: string): void {
  if (
    basename(name) !== name ||
    name === "" ||
    name === "." ||
    name === ".." ||
    /[\0\\]/.test(name)
  ) {
    throw new TypeError(`not a plain file name: ${name}`);
  }
}
