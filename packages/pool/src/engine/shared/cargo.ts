import { apply } from "../../internal/platform.js";
import { wholeBuffer } from "./bytes.js";

/** How the arguments of a call, or its value, travel: inside the slot, or in a message. */
export const Cargo = {
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
  /** Arguments of a call with streams: see FlowArguments, in a message. */
  Flow: 12,
  /** The one argument, as a record, in a message. Value: a reply in the messages. */
  Record: 13,
} as const;

const { fromCharCode } = String;

/** So many bytes fit into a slot: a copy of them costs next to nothing beside a message. */
export const INLINE_BYTES = 1024;
/** So many code units of a string fit into a slot. */
const INLINE_UNITS = INLINE_BYTES / Uint16Array.BYTES_PER_ELEMENT;

/** Says whether arguments are those of a chunk of `map`. */
export function isChunk(cargo: number): boolean {
  return cargo === Cargo.Chunk || cargo === Cargo.FlatChunk;
}

/** Says how one value travels. Runs no code of users. */
export function cargoOf(value: unknown): number {
  switch (typeof value) {
    case "number":
      return Cargo.Number;
    case "undefined":
      return Cargo.Undefined;
    case "boolean":
      return value ? Cargo.True : Cargo.False;
    case "string":
      return value.length <= INLINE_UNITS ? Cargo.Text : Cargo.Message;
    default:
      if (value === null) return Cargo.Null;
      return typeof value === "object" && wholeBuffer(value, INLINE_BYTES) !== undefined
        ? Cargo.Bytes
        : Cargo.Message;
  }
}

/** Where the values of one slot are kept on their way in one direction. */
export interface CargoHold {
  /** The number, or the length of bytes or text, by slot. */
  readonly numbers: Float64Array;
  /** INLINE_BYTES for each slot. */
  readonly bytes: Uint8Array;
  /** The same memory. */
  readonly units: Uint16Array;
}

const NO_BYTES = new ArrayBuffer(0);

/** Puts a value into a slot, if it is one that travels there. */
export function putCargo(hold: CargoHold, slot: number, cargo: number, value: unknown): void {
  if (cargo === Cargo.Number) {
    hold.numbers[slot] = value as number;
  } else if (cargo === Cargo.Bytes) {
    // From its buffer, as an heir of Uint8Array may have a length of its own.
    const bytes = new Uint8Array(wholeBuffer(value as Uint8Array, INLINE_BYTES) ?? NO_BYTES);
    hold.bytes.set(bytes, slot * INLINE_BYTES);
    hold.numbers[slot] = bytes.length;
  } else if (cargo === Cargo.Text) {
    const text = value as string;
    const start = slot * INLINE_UNITS;
    for (let at = 0; at < text.length; at += 1) hold.units[start + at] = text.charCodeAt(at);
    hold.numbers[slot] = text.length;
  }
}

/** Gives the value that travelled in a slot. */
export function takeCargo(hold: CargoHold, slot: number, cargo: number): unknown {
  switch (cargo) {
    case Cargo.Number:
      return hold.numbers[slot];
    case Cargo.Null:
      return null;
    case Cargo.True:
      return true;
    case Cargo.False:
      return false;
    case Cargo.Bytes: {
      const start = slot * INLINE_BYTES;
      const copy = new Uint8Array(hold.numbers[slot] ?? 0);
      copy.set(hold.bytes.subarray(start, start + copy.length));
      return copy;
    }
    case Cargo.Text: {
      const start = slot * INLINE_UNITS;
      const units = hold.units.subarray(start, start + (hold.numbers[slot] ?? 0));
      return apply(fromCharCode, undefined, units);
    }
    default:
      return undefined;
  }
}
