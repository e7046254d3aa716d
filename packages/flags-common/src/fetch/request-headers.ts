/** Headers by name, as they are sent; several values go out in as many lines. Names are told apart without regard to case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[]>>;

/** What says who we are, and is for the host alone that was asked for. */
const PERSONAL = new Set(["authorization", "cookie", "proxy-authorization", "host"]);

/** Puts headers over others, whatever the case of their names. */
export function mergedHeaders(...layers: readonly RequestHeaders[]): RequestHeaders {
  const merged = new Map<string, [name: string, value: string | readonly string[]]>();
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      merged.set(name.toLowerCase(), [name, value]);
    }
  }
  return Object.fromEntries(merged.values());
}

/** Leaves out the headers without a value: as in curl, they take one away that is sent usually. */
export function headersToSend(headers: RequestHeaders): RequestHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ""));
}

/** Leaves out what another origin has no business with. */
export function impersonalHeaders(headers: RequestHeaders): RequestHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !PERSONAL.has(name.toLowerCase())),
  );
}
