import type { Hash } from "node:crypto";

/** Gives the SHA-256 of bytes, in lower-case hexadecimal. node:crypto is loaded while the first requests are under way. */
export function sha256Of(bytes: Uint8Array): string {
  return process.getBuiltinModule("node:crypto").hash("sha256", bytes, "hex");
}

/** Begins the SHA-256 of bytes that come one after the other. */
export function newSha256(): Hash {
  return process.getBuiltinModule("node:crypto").createHash("sha256");
}
