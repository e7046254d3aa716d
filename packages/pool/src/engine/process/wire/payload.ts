import { types } from "node:util";
import { Deserializer, Serializer } from "node:v8";
import { refuseLoss } from "../../../codec/lost-in-copy.js";
import { structuredClone } from "../../../internal/platform.js";
import { fewNames, isPlain } from "../../shared/plain.js";
import { FEW_ARGUMENTS, LONG_STRING, LONG_TEXT, RECORD_NAMES } from "../../tuning.js";

/** What a number takes in a text, at most, with its comma. */
const NUMBER_CHARS = 26;
/** What the length before a frame can say, less some numbers before it. */
const MAX_BYTES = 0xffff_0000;

class ValueWriter extends Serializer {
  // What stands for a constructor that is left out spreads its arguments, by an iterator that a task may have replaced.
  constructor() {
    super();
    this.writeHeader();
  }

  /** What V8 leaves to Node. Structured clone makes a plain object of `process.env` alone; all else is refused by it, or here. */
  _writeHostObject(object: object): void {
    const copy: object = structuredClone(object);
    const prototype: unknown = Object.getPrototypeOf(copy);
    if (prototype === null || Object.getPrototypeOf(prototype) !== null) {
      throw new TypeError(`${Object.prototype.toString.call(object)} could not be cloned`);
    }
    this.writeValue(copy);
  }
}

class ValueReader extends Deserializer {
  constructor(bytes: Buffer) {
    super(bytes);
    this.readHeader();
  }

  _readHostObject(): unknown {
    return this.readValue();
  }
}

/**
 * Copies a value into bytes that `decodePayload` reads, as structured clone copies it.
 *
 * A serializer of its own for each value: two values that share an object must not share its copy.
 *
 * @throws For what cannot be cloned, or only between threads, or of which nothing would arrive; for more than 4 GB; and whatever a
 *   getter throws.
 */
export function encodePayload(value: unknown): Buffer {
  refuseLoss(value, copyByBytes);
  return toBytes(value);
}

/** The same for what was looked through already. */
function toBytes(value: unknown): Buffer {
  const writer = new ValueWriter();
  writer.writeValue(value);
  const bytes = writer.releaseBuffer();
  if (bytes.length > MAX_BYTES) throw new RangeError("it has more than 4 GB");
  return bytes;
}

function copyByBytes(value: object): unknown {
  return decodePayload(toBytes(value));
}

/** Reads a value. @throws When it is nested too deeply for this stack, or can be read by threads only. */
export function decodePayload(bytes: Buffer): unknown {
  const reader = new ValueReader(bytes);
  return reader.readValue();
}

/** Gives about how many characters JSON needs for a primitive that it carries without any loss; -1 for anything else. */
export function jsonSize(value: unknown): number {
  switch (typeof value) {
    case "number":
      // JSON has no -0, no NaN and no Infinity.
      return Number.isFinite(value) && !Object.is(value, -0) ? NUMBER_CHARS : -1;
    case "string":
      return value.length <= LONG_STRING ? value.length + 3 : -1;
    case "boolean":
      return 6;
    default:
      return value === null ? 5 : -1;
  }
}

/** Turns values into forms that JSON carries without any loss. */
export class JsonForms {
  /** About how many characters the forms need that were made last; six times as many where they must be escaped. */
  size = 0;

  /**
   * Gives values in such a form, as they are at this moment: primitives, and plain objects of them; undefined when there is
   * anything else among the values, such as a hole, or too much. To know it of objects in objects would cost more than to send
   * them in the other way.
   *
   * @param areOneCall - Whether they belong to one call: an object that is there twice is one object for it, which JSON does
   *   not know.
   */
  of(values: readonly unknown[], areOneCall: boolean): readonly unknown[] | undefined {
    let forms = values;
    let size = 0;
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      const own = jsonSize(value);
      if (own >= 0) {
        size += own;
      } else {
        if (areOneCall && (at >= FEW_ARGUMENTS || values.indexOf(value) < at)) return undefined;
        const form = this.ofRecord(value);
        if (form === undefined) return undefined;
        size += this.size;
        if (forms === values) forms = values.slice();
        (forms as unknown[])[at] = form;
      }
      if (size > LONG_TEXT) return undefined;
    }
    this.size = size;
    return forms;
  }

  /** Gives a copy of a plain object whose values are all primitives that JSON carries; undefined for anything else. */
  ofRecord(value: unknown): object | undefined {
    if (!isPlain(value)) return undefined;
    try {
      // The copy is looked at and sent: a getter may think otherwise when it is asked again.
      const names = fewNames(value, RECORD_NAMES);
      if (names === undefined) return undefined;
      const copy = { ...value };
      let size = 2;
      for (let at = 0; at < names.length; at += 1) {
        const name = names[at] ?? "";
        const own = jsonSize(copy[name]);
        if (own < 0) return undefined;
        size += name.length + 4 + own;
      }
      if (size > LONG_TEXT) return undefined;
      this.size = size;
      return copy;
    } catch {
      // A getter has thrown, and will again in the other way: there it becomes an error with a name.
      return undefined;
    }
  }
}

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype) as object;
/** The getters themselves, as an object may have a property of the same name, or be of a class with one. */
const lengthOf = getterOf(typedArray, "length") as (bytes: Uint8Array) => number;
const bufferOf = getterOf(typedArray, "buffer") as (bytes: Uint8Array) => ArrayBufferLike;
const byteLengthOf = getterOf(ArrayBuffer.prototype, "byteLength") as (of: ArrayBuffer) => number;

function getterOf(prototype: object, name: string): (holder: object) => unknown {
  const property = Object.getOwnPropertyDescriptor(prototype, name);
  return (holder) => property?.get?.call(holder) as unknown;
}

/**
 * Says whether a copy of its bytes is all that structured clone would make of a value: a Uint8Array or a Buffer that has its
 * memory to itself. Of a view of a part, the clone is a view of a copy of the whole.
 */
export function isPlainBytes(value: unknown): value is Uint8Array {
  if (typeof value !== "object" || !types.isUint8Array(value)) return false;
  const length = lengthOf(value);
  const buffer = bufferOf(value);
  // One that has been moved away has no length, and is refused by the clone.
  return (
    length > 0 &&
    length <= MAX_BYTES &&
    types.isArrayBuffer(buffer) &&
    length === byteLengthOf(buffer) &&
    !("resizable" in buffer && buffer.resizable === true)
  );
}

/** Gives the bytes of a value for which `isPlainBytes` is true, without anything that it may have of its own. */
export function plainBytes(value: Uint8Array): Uint8Array {
  return new Uint8Array(bufferOf(value));
}
