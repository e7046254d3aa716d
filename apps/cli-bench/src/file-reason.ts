import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { getSystemErrorMap, types } from "node:util";

/** Says in words why a file could not be read or written: `no such file or directory`. */
export function fileReason(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  const errno = "errno" in error ? Number(error.errno) : 0;
  return getSystemErrorMap().get(errno)?.[1] ?? error.message;
}

/** Says why a file cannot be written, as far as can be known before it is tried; undefined if nothing speaks against it. */
export function whyNotWritable(path: string): string | undefined {
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing?.isDirectory() === true) return "it is a folder";
  try {
    accessSync(existing === undefined ? dirname(path) : path, constants.W_OK);
    return undefined;
  } catch (error) {
    return fileReason(error);
  }
}
