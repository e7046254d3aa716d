/** Headers by name, as they are sent; names are told apart without regard to case. */
export type RequestHeaders = Readonly<Record<string, string>>;

/** What says who we are, and is for the host alone that was asked for. */
const PERSONAL = new Set(["authorization", "cookie", "proxy-authorization"]);

/** Puts headers over others; an empty value takes one away, as in curl. */
export function mergedHeaders(...layers: readonly RequestHeaders[]): Record<string, string> {
  const merged = new Map<string, [name: string, value: string]>();
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      if (value === "") merged.delete(name.toLowerCase());
      else merged.set(name.toLowerCase(), [name, value]);
    }
  }
  return Object.fromEntries(merged.values());
}

/** Leaves out what another origin has no business with. */
export function impersonalHeaders(headers: RequestHeaders): RequestHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !PERSONAL.has(name.toLowerCase())),
  );
}
