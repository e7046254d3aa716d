import type { ChunkOutcome } from "../../shared/messages.js";
import type { Values } from "../../shared/values.js";
import { recordRow, recordsIn } from "./records.js";

/**
 * Values in a form that is cloned as one piece of memory: whole numbers as Int32Array, other numbers as Float64Array,
 * booleans as bytes; or records as a row.
 */
export type Packed = Int32Array | Float64Array | Uint8Array | PackedRecords;

interface PackedRecords {
  readonly row: readonly unknown[];
}

/** The outcomes of a chunk on their way. */
export interface SentOutcome extends Omit<ChunkOutcome, "values"> {
  readonly values: readonly unknown[] | Packed;
}

/** Gives whole numbers as one piece of memory; undefined when there is anything else among the values. */
export function packIntegers(values: ArrayLike<unknown>): Int32Array | undefined {
  const packed = new Int32Array(values.length);
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    // Not so -0, which an integer cannot be.
    if (typeof value !== "number" || !Object.is(value | 0, value)) return undefined;
    packed[at] = value;
  }
  return packed;
}

/** Gives records as a row; undefined when there is anything else among the values. */
export function packRecords(values: ArrayLike<unknown>): PackedRecords | undefined {
  const row = recordRow(values);
  return row === undefined ? undefined : { row };
}

/** Packs values if they are all numbers, all booleans or all records, or else gives them as they are. */
export function pack(values: readonly unknown[]): readonly unknown[] | Packed {
  const first: unknown = values[0];
  if (typeof first === "boolean") return packBooleans(values) ?? values;
  if (typeof first === "object") return packRecords(values) ?? values;
  if (typeof first !== "number") return values;
  return packIntegers(values) ?? packNumbers(values) ?? values;
}

/** Gives the outcomes of a chunk as they were before they were packed; numbers and booleans as they came, until they are read. */
export function unpackOutcome(sent: unknown): ChunkOutcome<Values> {
  const { values, thrown, stopped } = sent as SentOutcome;
  return { values: "row" in values ? recordsIn(values.row) : (values as Values), thrown, stopped };
}

/** Gives packed numbers or records in a form that can be read by index. */
export function listOf(values: readonly unknown[] | Packed): ArrayLike<unknown> {
  return "row" in values ? recordsIn(values.row) : values;
}

function packNumbers(values: readonly unknown[]): Float64Array | undefined {
  const packed = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    if (typeof value !== "number") return undefined;
    packed[at] = value;
  }
  return packed;
}

function packBooleans(values: readonly unknown[]): Uint8Array | undefined {
  const packed = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    if (typeof value !== "boolean") return undefined;
    packed[at] = value ? 1 : 0;
  }
  return packed;
}
