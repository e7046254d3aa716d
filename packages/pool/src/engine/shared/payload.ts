import { types } from "node:util";
import { Deserializer, Serializer } from "node:v8";
import { refuseLoss } from "../../codec/lost-in-copy.js";
import { RECORD_NAMES, fewNames, isPlain } from "./plain.js";

/** Longer strings go the other way, where they are copied instead of escaped. */
const LONG_STRING = 4096;

/**
 * Copies a value into bytes that `decodePayload` reads, as structured clone copies it.
 *
 * A serializer of its own for each value: two values that share an object must not share its copy.
 *
 * @throws For what cannot be cloned, or only between threads, or of which nothing would arrive; and whatever a getter throws.
 */
export function encodePayload(value: unknown): Buffer {
  refuseLoss(value, copyByBytes);
  return toBytes(value);
}

/** The same for what was looked through already. */
function toBytes(value: unknown): Buffer {
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

function copyByBytes(value: object): unknown {
  return decodePayload(toBytes(value));
}

/** Reads a value. @throws When it is nested too deeply for this stack, or can be read by threads only. */
export function decodePayload(bytes: Buffer): unknown {
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

/** Says whether a value is a primitive that JSON carries without any loss. */
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

/**
 * Gives values in a form that JSON carries without any loss, as they are at this moment: primitives, and plain objects of
 * them; undefined when there is anything else among the values, such as a hole. To know it of objects in objects would cost
 * more than to send them in the other way.
 */
export function jsonForms(values: readonly unknown[]): readonly unknown[] | undefined {
  let forms = values;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    if (!isJsonSafe(value)) {
      const form = recordForm(value);
      if (form === undefined) return undefined;
      if (forms === values) forms = values.slice();
      (forms as unknown[])[at] = form;
    }
  }
  return forms;
}

/** Gives a copy of a plain object whose values are all primitives that JSON carries; undefined for anything else. */
export function recordForm(value: unknown): object | undefined {
  if (!isPlain(value)) return undefined;
  try {
    // The copy is looked at and sent: a getter may think otherwise when it is asked again.
    const names = fewNames(value, RECORD_NAMES);
    if (names === undefined) return undefined;
    const copy = { ...value };
    return names.every((name) => isJsonSafe(copy[name])) ? copy : undefined;
  } catch {
    // A getter has thrown, and will again in the other way: there it becomes an error with a name.
    return undefined;
  }
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
