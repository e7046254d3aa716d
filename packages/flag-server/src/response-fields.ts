import type { OutgoingHttpHeaders } from "node:http";

/** Fields of a reply by name; one of several values stands several times. */
export type ResponseFields = Readonly<Record<string, string | readonly string[]>>;

/** These say where the message ends, so the server alone writes them. There are faults for wrong ones. */
const FRAMING: ReadonlySet<string> = new Set([
  ...["connection", "content-length", "keep-alive", "trailer", "transfer-encoding", "upgrade"],
]);

/** Puts more fields to those of a reply, in place of any of the same name in whatever case of letters. */
export function withFields(
  fields: OutgoingHttpHeaders,
  more: ResponseFields | undefined,
): OutgoingHttpHeaders {
  if (more === undefined) return fields;
  const names = new Set(Object.keys(more).map((name) => name.toLowerCase()));
  const kept = Object.entries(fields).filter(([name]) => !names.has(name.toLowerCase()));
  const added = Object.entries(more).map(([name, value]) => [
    name,
    typeof value === "string" ? value : [...value],
  ]);
  return Object.fromEntries([...kept, ...added]) as OutgoingHttpHeaders;
}

/** Gives the value of a field, in whatever case its name is written; of several the first. */
export function fieldOf(fields: ResponseFields | undefined, name: string): string | undefined {
  const found = Object.entries(fields ?? {}).find(([one]) => one.toLowerCase() === name);
  return found === undefined ? undefined : [found[1]].flat()[0];
}

/** Refuses fields that the server writes itself, and the same name twice. */
export function checkFields(fields: ResponseFields | undefined, path: string): void {
  const seen = new Set<string>();
  for (const name of Object.keys(fields ?? {})) {
    const lower = name.toLowerCase();
    if (FRAMING.has(lower)) {
      throw new RangeError(`${path}.${name} must be absent: the server writes it itself`);
    }
    if (seen.has(lower)) throw new RangeError(`${path}.${name} must be unique, in any case`);
    seen.add(lower);
  }
}
