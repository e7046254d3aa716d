/** Bytes in any of the shapes that JavaScript has for them: buffers, typed arrays, Node Buffers, DataViews. */
export type BinaryData = ArrayBufferLike | ArrayBufferView;

/**
 * Views `data` as bytes, without copying and within its own offset and length.
 *
 * @throws {TypeError} For anything that is not binary data, strings included: which encoding is meant, only the caller
 *   knows.
 */
export function viewBytes(data: BinaryData, name: string): Uint8Array {
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  // By its tag: a buffer may be of another realm, and is no instance of the class seen here then.
  const tag = Object.prototype.toString.call(data);
  if (tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]") {
    return new Uint8Array(data);
  }
  throw new TypeError(`${name} must be a Uint8Array or other binary data, not ${typeof data}`);
}
