import { getSystemErrorMap, types } from "node:util";

/** Says in words why a file could not be read or written: `no such file or directory`. */
export function fileReason(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  const errno = "errno" in error ? Number(error.errno) : 0;
  return getSystemErrorMap().get(errno)?.[1] ?? error.message;
}
