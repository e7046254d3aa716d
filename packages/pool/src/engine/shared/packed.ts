/**
 * Values in a form that is cloned as one piece of memory: whole numbers as Int32Array, other numbers as Float64Array,
 * booleans as bytes.
 */
export type Packed = Int32Array | Float64Array | Uint8Array;

/** Gives whole numbers as one piece of memory; undefined when there is anything else among the values. */
export function packIntegers(values: readonly unknown[]): Int32Array | undefined {
  const packed = new Int32Array(values.length);
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    // Not so -0, which an integer cannot be.
    if (typeof value !== "number" || !Object.is(value | 0, value)) return undefined;
    packed[at] = value;
  }
  return packed;
}

/** Packs values if they are all numbers or all booleans, or else gives them as they are. */
export function pack(values: readonly unknown[]): readonly unknown[] | Packed {
  const first: unknown = values[0];
  if (typeof first === "boolean") return packBooleans(values) ?? values;
  if (typeof first !== "number") return values;
  return packIntegers(values) ?? packNumbers(values) ?? values;
}

/** Gives what `pack()` was given. */
export function unpack(values: readonly unknown[] | Packed): unknown[] {
  if (Array.isArray(values)) return values;
  if (values instanceof Uint8Array) return Array.from(values, (byte) => byte === 1);
  return Array.from<unknown>(values);
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
