import { types } from "node:util";
import { Deserializer, Serializer } from "node:v8";

/** Longer strings go the other way, where they are copied instead of escaped. */
const LONG_STRING = 4096;

/**
 * Copies a value into bytes that `decodePayload` reads, as structured clone copies it.
 *
 * A serializer of its own for each value: two values that share an object must not share its copy.
 *
 * @throws For what cannot be cloned, or only between threads; and whatever a getter throws.
 */
export function encodePayload(value: unknown): Buffer {
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/** Reads a value. @throws When it is nested too deeply for this stack, or can be read by threads only. */
export function decodePayload(bytes: Buffer): unknown {
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

/**
 * Says whether JSON carries a value without any loss. Only primitives are looked at: to know it of an object costs more
 * than to send the object in the other way.
 */
export function isJsonSafe(value: unknown): boolean {
  switch (typeof value) {
    case "number":
      // JSON has no -0, no NaN and no Infinity.
      return Number.isFinite(value) && !Object.is(value, -0);
    case "string":
      return value.length <= LONG_STRING;
    case "boolean":
      return true;
    default:
      return value === null;
  }
}

/** Says whether JSON carries all of the values; a hole is a value that it does not. */
export function areJsonSafe(values: readonly unknown[]): boolean {
  // Not every(), which would skip the holes.
  for (const value of values) if (!isJsonSafe(value)) return false;
  return true;
}

/**
 * Says whether a copy of its bytes is all that structured clone would make of a value: a Uint8Array or a Buffer that has its
 * memory to itself. Of a view of a part, the clone is a view of a copy of the whole.
 */
export function isPlainBytes(value: unknown): value is Uint8Array {
  if (typeof value !== "object" || !types.isUint8Array(value)) return false;
  const { buffer } = value;
  // One that has been moved away has no length, and is refused by the clone.
  return (
    value.length > 0 &&
    value.length === buffer.byteLength &&
    types.isArrayBuffer(buffer) &&
    !("resizable" in buffer && buffer.resizable === true)
  );
}
