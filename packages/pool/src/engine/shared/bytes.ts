import { types } from "node:util";

/** A getter as it is, whatever an object or a class has put in its place. */
function getterOf(prototype: object, name: string): (of: object) => unknown {
  const property = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
  const getter: unknown = Reflect.get(property, "get");
  const isThere = typeof getter === "function";
  return Function.prototype.call.bind(isThere ? getter : () => undefined) as (
    of: object,
  ) => unknown;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const bufferOf = getterOf(typedArray, "buffer") as (of: object) => ArrayBufferLike;
const lengthOf = getterOf(typedArray, "length") as (of: object) => number;
const bufferLengthOf = getterOf(ArrayBuffer.prototype, "byteLength");
const isResizable = getterOf(ArrayBuffer.prototype, "resizable");

/**
 * Gives the buffer of bytes that have one to themselves, and one that stays as long as it is: a copy of these bytes has such a
 * buffer, too. Undefined for anything else, as what is called an Uint8Array by its prototype only. Runs no code of users.
 *
 * @param most - Of more bytes than this it gives undefined; so it does of none, as those of a buffer that was moved.
 */
export function wholeBuffer(value: object, most: number): ArrayBuffer | undefined {
  if (!ArrayBuffer.isView(value) || !types.isUint8Array(value)) return undefined;
  const length = lengthOf(value);
  if (length === 0 || length > most) return undefined;
  const buffer = bufferOf(value);
  if (!types.isArrayBuffer(buffer) || bufferLengthOf(buffer) !== length) return undefined;
  return isResizable(buffer) === true ? undefined : buffer;
}
