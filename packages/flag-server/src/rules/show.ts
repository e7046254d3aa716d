const MAX_LENGTH = 60;

/** Names a value within one short line, whatever it is. */
export function show(value: unknown): string {
  if (typeof value === "string") {
    const text = JSON.stringify(value);
    return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…"`;
  }
  if (typeof value === "number" || typeof value === "boolean" || value == null)
    return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "bigint" ? `${value}n` : `a value of type ${typeof value}`;
}
