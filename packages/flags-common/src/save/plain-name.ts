import { basename, sep } from "node:path";

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

/** Gives the path of a plain name in a folder: there is nothing in it that `join` would put in order. */
export function pathIn(directory: string, name: string): string {
  return directory + sep + name;
}
