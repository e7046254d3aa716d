/** Bytes in any of the shapes that JavaScript has for them: buffers, typed arrays, Node Buffers, DataViews. */
export type BinaryData = ArrayBufferLike | ArrayBufferView;

/**
 * Views `data` as bytes, without copying and within its own offset and length.
 *
 * @throws {TypeError} For anything that is not binary data, strings included: which encoding is meant, only the caller
 *   knows.
 */
export function viewBytes(data: BinaryData, name: string): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const shared = typeof SharedArrayBuffer !== "undefined" && data instanceof SharedArrayBuffer;
  if (shared || data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError(`${name} must be a Uint8Array or other binary data, not ${typeof data}`);
}
