import { apply } from "../../../internal/platform.js";
import { wholeBuffer } from "../../shared/bytes.js";
import { INLINE_BYTES } from "../../tuning.js";

/** How the arguments of a call, or its value, travel: inside the slot, or in a message. */
export const SlotKind = {
  Nothing: 0,
  Undefined: 1,
  Null: 2,
  True: 3,
  False: 4,
  /** One number, in the slot. */
  Number: 5,
  /** Up to INLINE_BYTES bytes of a Uint8Array, in the slot. */
  Bytes: 6,
  /** A string of up to INLINE_UNITS code units, in the slot. */
  Text: 7,
  /** Arguments: an array of them, in a message. Value: a reply in the messages. */
  Message: 8,
  /** Arguments of a chunk of `map`: an array of arrays, in a message. */
  Chunk: 9,
  /** Arguments of a chunk of `map` over one iterable: an array of them, in a message. */
  FlatChunk: 10,
  /** Arguments with a name for the call: `[name, arguments]`, in a message. */
  Named: 11,
  /** Arguments of a call with streams: see StreamArguments, in a message. */
  Streams: 12,
  /** The one argument, as a record, in a message. Value: a reply in the messages. */
  Record: 13,
  /** Arguments that hold what threads share: `[kind, arguments]` of one of the kinds above, in a message. */
  Shareables: 14,
} as const;

const { fromCharCode } = String;

/** So many code units of a string fit into a slot. */
const INLINE_UNITS = INLINE_BYTES / Uint16Array.BYTES_PER_ELEMENT;

/** Says whether arguments are those of a chunk of `map`. */
export function isChunk(kind: number): boolean {
  return kind === SlotKind.Chunk || kind === SlotKind.FlatChunk;
}

/** Says how one value travels. Runs no code of users. */
export function slotKindOf(value: unknown): number {
  switch (typeof value) {
    case "number":
      return SlotKind.Number;
    case "undefined":
      return SlotKind.Undefined;
    case "boolean":
      return value ? SlotKind.True : SlotKind.False;
    case "string":
      return value.length <= INLINE_UNITS ? SlotKind.Text : SlotKind.Message;
    default:
      if (value === null) return SlotKind.Null;
      return typeof value === "object" && wholeBuffer(value, INLINE_BYTES) !== undefined
        ? SlotKind.Bytes
        : SlotKind.Message;
  }
}

/** Where the values of one slot are kept on their way in one direction. */
export interface SlotValues {
  /** The number, or the length of bytes or text, by slot. */
  readonly numbers: Float64Array;
  /** INLINE_BYTES for each slot. */
  readonly bytes: Uint8Array;
  /** The same memory. */
  readonly units: Uint16Array;
}

const NO_BYTES = new ArrayBuffer(0);

/** Puts a value into a slot, if it is one that travels there. */
export function putSlotValue(hold: SlotValues, slot: number, kind: number, value: unknown): void {
  if (kind === SlotKind.Number) {
    hold.numbers[slot] = value as number;
  } else if (kind === SlotKind.Bytes) {
    // From its buffer, as an heir of Uint8Array may have a length of its own.
    const bytes = new Uint8Array(wholeBuffer(value as Uint8Array, INLINE_BYTES) ?? NO_BYTES);
    hold.bytes.set(bytes, slot * INLINE_BYTES);
    hold.numbers[slot] = bytes.length;
  } else if (kind === SlotKind.Text) {
    const text = value as string;
    const start = slot * INLINE_UNITS;
    for (let at = 0; at < text.length; at += 1) hold.units[start + at] = text.charCodeAt(at);
    hold.numbers[slot] = text.length;
  }
}

/** Gives the value that travelled in a slot. */
export function takeSlotValue(hold: SlotValues, slot: number, kind: number): unknown {
  switch (kind) {
    case SlotKind.Number:
      return hold.numbers[slot];
    case SlotKind.Null:
      return null;
    case SlotKind.True:
      return true;
    case SlotKind.False:
      return false;
    case SlotKind.Bytes: {
      const start = slot * INLINE_BYTES;
      const copy = new Uint8Array(hold.numbers[slot] ?? 0);
      copy.set(hold.bytes.subarray(start, start + copy.length));
      return copy;
    }
    case SlotKind.Text: {
      const start = slot * INLINE_UNITS;
      const units = hold.units.subarray(start, start + (hold.numbers[slot] ?? 0));
      return apply(fromCharCode, undefined, units);
    }
    default:
      return undefined;
  }
}
