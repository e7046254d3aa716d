/** Memory that is smaller is not worth it; and it may be the pool of Buffer, in which others have their bytes. */
const MIN_BYTES = 1 << 14;

/** Not there before Node 21. */
const transfer: unknown = Reflect.get(ArrayBuffer.prototype, "transfer");

/**
 * Gives memory back whose bytes nobody will read again: what lies in it is empty from now on.
 *
 * V8 does so by itself only at its next collection, and lets 64 MB come together before it makes one for memory that is not
 * in its heap (32 MB in Node 20, where this does nothing). A file that streams to the disk would need that much, whatever
 * its size.
 */
export function giveBack(memory: ArrayBufferLike): void {
  if (typeof transfer !== "function" || memory.byteLength < MIN_BYTES) return;
  try {
    Reflect.apply(transfer, memory, [0]);
  } catch {
    // Node does not let go of what others share.
  }
}
