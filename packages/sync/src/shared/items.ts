import { types } from "node:util";
import { Deserializer, Serializer } from "node:v8";
import { SerializationError } from "../errors.js";
import { ItemKind, itemSize, type ItemRing } from "./ring.js";

/** An item outside of the ring. */
export interface Item {
  readonly kind: number;
  /** In the ring. */
  readonly size: number;
  readonly number: number;
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);
const NUMBER_SIZE = itemSize(8);
const EMPTY_SIZE = itemSize(0);

/**
 * Copies a value, as structured clone does.
 *
 * @throws {SerializationError} For what cannot be cloned, or can only be sent by a message: SharedArrayBuffers, ports and what has them inside.
 */
export function toItem(value: unknown): Item {
  if (typeof value === "number") {
    return { kind: ItemKind.Number, size: NUMBER_SIZE, number: value, bytes: NO_BYTES };
  }
  if (value === undefined) return ofKind(ItemKind.Undefined);
  if (value === null) return ofKind(ItemKind.Null);
  if (typeof value === "boolean") return ofKind(value ? ItemKind.True : ItemKind.False);
  if (types.isUint8Array(value) && !types.isSharedArrayBuffer(value.buffer)) {
    // Now: it may be changed, moved or resized while it waits for its place.
    const bytes = copied(value, (from) => new Uint8Array(from));
    return { kind: ItemKind.Bytes, size: itemSize(bytes.length), number: 0, bytes };
  }
  const bytes = copied(value, serialize);
  return { kind: ItemKind.Value, size: itemSize(bytes.length), number: 0, bytes };
}

/** Writes an item into the ring. Whoever does so has the room. */
export function writeItem(ring: ItemRing, at: number, item: Item): void {
  if (item.kind === ItemKind.Number) ring.writeNumber(at, item.number);
  else ring.writeBytes(at, item.kind, item.bytes);
}

/** Reads the item there, in the way in which it came. */
export function readItem(ring: ItemRing, at: number): Item {
  const kind = ring.kindAt(at);
  const size = ring.sizeAt(at);
  if (kind === ItemKind.Number) return { kind, size, number: ring.numberAt(at), bytes: NO_BYTES };
  return { kind, size, number: 0, bytes: kind < ItemKind.Number ? NO_BYTES : ring.bytesAt(at) };
}

/** Gives the value of an item. @throws {SerializationError} For one that is nested too deeply to be read here. */
export function valueOf({ kind, number, bytes }: Item): unknown {
  switch (kind) {
    case ItemKind.Number:
      return number;
    case ItemKind.Undefined:
      return undefined;
    case ItemKind.Null:
      return null;
    case ItemKind.False:
      return false;
    case ItemKind.True:
      return true;
    case ItemKind.Bytes:
      return bytes;
    default:
      return deserialize(bytes);
  }
}

function ofKind(kind: number): Item {
  return { kind, size: EMPTY_SIZE, number: 0, bytes: NO_BYTES };
}

/** V8's own ways, and not those of `node:v8`, whose views are parts of a memory that all share. */
function serialize(value: unknown): Uint8Array {
  const writer = new Serializer();
  writer.writeHeader();
  writer.writeValue(value);
  return writer.releaseBuffer();
}

function deserialize(bytes: Uint8Array): unknown {
  try {
    const reader = new Deserializer(bytes);
    reader.readHeader();
    return reader.readValue();
  } catch (error) {
    throw failure("an item of a Queue cannot be read", error);
  }
}

function copied<T>(value: T, copy: (value: T) => Uint8Array): Uint8Array {
  try {
    return copy(value);
  } catch (error) {
    throw failure("this value cannot go through a Queue", error);
  }
}

function failure(text: string, error: unknown): SerializationError {
  const reason = types.isNativeError(error) ? error.message : String(error);
  return new SerializationError(`${text}: ${reason}`, { cause: error });
}
