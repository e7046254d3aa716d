import { hash } from "node:crypto";

/**
 * Gives the beginning of a text that came from outside, to be kept. A part of a text holds all of it in
 * memory, so what is kept of a long one is copied.
 */
export function keptText(text: string, maxLength: number): string {
  return text.length > maxLength ? detached(text.slice(0, maxLength)) : text;
}

/** Gives a copy of a text that was cut out of a longer one, which can then be forgotten. */
export function detached(text: string): string {
  // As UTF-16, which also holds halves of characters.
  return Buffer.from(text, "utf16le").toString("utf16le");
}

/** Gives a key for a text that is as short as a digest, and the text itself while that is short enough. */
export function shortKey(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.length} ${hash("sha256", text, "base64")}` : text;
}
