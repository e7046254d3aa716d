import { types } from "node:util";

/** The values of a chunk as they came: whole numbers and other numbers as one piece of memory, booleans as bytes of 0 and 1. */
export type Values = unknown[] | Int32Array | Float64Array | Uint8Array;

export function areBooleans(values: Values): values is Uint8Array {
  return types.isUint8Array(values);
}
