/** The last byte of every GIF: a close-delimited body that was cut short has another one. */
const TRAILER = 0x3b;

/**
 * Looks for what is wrong with a body that should be a whole GIF: its signature and its trailer byte.
 *
 * @param bytes - All of it; or its first six bytes and its last one, with its length besides.
 * @returns `undefined` when nothing is wrong.
 */
export function findGifFault(
  bytes: Uint8Array,
  byteLength = bytes.length,
): { code: "TRUNCATED" | "NOT_A_GIF"; reason: string } | undefined {
  if (bytes.length === 0) return { code: "NOT_A_GIF", reason: "body is empty" };
  const signature = String.fromCharCode(...bytes.subarray(0, 6));
  if (signature !== "GIF87a" && signature !== "GIF89a") {
    return { code: "NOT_A_GIF", reason: "not a GIF (no GIF signature)" };
  }
  if (bytes.at(-1) !== TRAILER) {
    return {
      code: "TRUNCATED",
      reason: `body is truncated (GIF without its end, ${byteLength} bytes)`,
    };
  }
  return undefined;
}
