import { keptText } from "./kept-text.js";

/** How much is kept of the fields of one request. */
const MAX_LENGTH = 4000;

/** Puts the fields of a request into one text: to be kept, it costs less than all the texts that it is made of. */
export function packFields(rawHeaders: readonly string[]): string {
  // No field holds a line break.
  return keptText(rawHeaders.join("\n"), MAX_LENGTH);
}

/** Gives the fields by name in lower case; those that stand several times are joined as RFC 9110 5.3 has it. */
export function unpackFields(packed: string): Readonly<Record<string, string>> {
  const fields = new Map<string, string>();
  const parts = packed === "" ? [] : packed.split("\n");
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const name = (parts[index] ?? "").toLowerCase();
    const value = parts[index + 1] ?? "";
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(fields);
}
