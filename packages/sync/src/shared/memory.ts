/** What travels of everything in this package: structured clone shares it between threads. */
export interface SharedMemory {
  readonly fixed: SharedArrayBuffer;
  readonly more: SharedArrayBuffer;
  readonly registry: SharedArrayBuffer;
}

/** Says whether a value is shared memory, of whatever realm: under jest Node's own is of another one. */
export function isShared(value: unknown): value is SharedArrayBuffer {
  return Object.prototype.toString.call(value) === "[object SharedArrayBuffer]";
}
