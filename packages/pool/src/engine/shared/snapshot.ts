import { types } from "node:util";
import { isPrimitive } from "../../internal/kinds.js";
import { wholeBuffer } from "./bytes.js";
import { fewNames, isPlain } from "./plain.js";
import { serializationError } from "../../codec/find-uncloneable.js";
import { structuredClone } from "../../internal/platform.js";
import { refuseLossBetweenThreads } from "./clone.js";
import { SNAPSHOT_BYTES, SNAPSHOT_LENGTH, SNAPSHOT_NODES } from "../tuning.js";

/**
 * Gives a copy of a value as it is at this moment, if it is a small tree of plain objects, arrays and bytes: much faster than
 * structured clone, and the same. Undefined for anything else.
 */
export function snapshot(value: unknown): object | undefined {
  try {
    return copyNode(value, []);
  } catch {
    // A getter has thrown, and will again when the value is cloned: there it becomes an error with a name.
    return undefined;
  }
}

/**
 * Gives copies of the arguments of one call, which share nothing with those of any other. Undefined where one of them is no
 * such tree, or where two have something in common: as one value they stay what they are to each other.
 */
export function snapshotAll(values: readonly unknown[]): unknown[] | undefined {
  const seen: object[] = [];
  const copies: unknown[] = [];
  try {
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      const copy = isPrimitive(value) ? value : copyNode(value, seen);
      if (copy === undefined && value !== undefined) return undefined;
      copies.push(copy);
    }
    return copies;
  } catch {
    return undefined;
  }
}

/**
 * Gives a value as it is at this moment: what a task keeps hold of may be changed by the next call.
 *
 * @throws {SerializationError} Where nothing would be left of a part of it.
 */
export function asItIsNow(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const copy = snapshot(value);
  if (copy !== undefined) return copy;
  try {
    refuseLossBetweenThreads(value);
  } catch (error) {
    throw serializationError("result", value, "result", error);
  }
  try {
    return structuredClone(value);
  } catch {
    // It cannot be sent either: whoever sends it says why.
    return value;
  }
}

/** @param seen - What the tree has so far: an object that comes twice must be one object in the copy, too. */
function copyNode(value: unknown, seen: object[]): object | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (seen.length >= SNAPSHOT_NODES || seen.includes(value)) return undefined;
  seen.push(value);
  // What Array.isArray() says of a proxy that was revoked is an error.
  if (types.isProxy(value)) return undefined;
  if (Array.isArray(value)) {
    return isPlainArray(value) ? copyChildren(elementsOf(value), seen) : undefined;
  }
  if (ArrayBuffer.isView(value)) return copyBytes(value, seen);
  if (!isPlain(value)) return undefined;
  const names = fewNames(value, SNAPSHOT_LENGTH);
  // What has no properties may be what only V8 knows.
  if (names === undefined || names.length === 0) return undefined;
  return copyChildren({ ...value }, seen);
}

/** A part of a buffer is left to structured clone, which copies the whole, and so is what has its buffer in common with others. */
function copyBytes(bytes: object, seen: object[]): Uint8Array | undefined {
  const buffer = wholeBuffer(bytes, SNAPSHOT_BYTES);
  if (buffer === undefined || seen.includes(buffer)) return undefined;
  seen.push(buffer);
  return new Uint8Array(buffer).slice();
}

/** By index: an array may have a way of its own to be iterated or sliced. */
function elementsOf(array: readonly unknown[]): unknown[] {
  const elements: unknown[] = [];
  for (let at = 0; at < array.length; at += 1) elements.push(array[at]);
  return elements;
}

/** Puts copies in the place of the objects that are in a copy. */
function copyChildren<T extends object>(copy: T, seen: object[]): T | undefined {
  const children = copy as Record<string, unknown>;
  const names = Object.keys(copy);
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] ?? "";
    const child = children[name];
    if (isPrimitive(child)) continue;
    const childCopy = copyNode(child, seen);
    if (childCopy === undefined) return undefined;
    children[name] = childCopy;
  }
  return copy;
}

/** Says whether an array has no holes and nothing beside its elements: what has a match of a RegExp, say. */
function isPlainArray(value: readonly unknown[]): boolean {
  const { length } = value;
  if (length > SNAPSHOT_LENGTH) return false;
  if (Object.getPrototypeOf(value) !== Array.prototype) return false;
  const names = Object.keys(value);
  // Names that are no indices come last.
  return names.length === length && (length === 0 || names[length - 1] === String(length - 1));
}
