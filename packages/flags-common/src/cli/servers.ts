/** The labels of `-s/--server`, with the address of the flags on each server. */
export const SERVERS = {
  REMOTE: "http://flupy.org/data/flags",
  LOCAL: "http://localhost:8001/flags",
  DELAY: "http://localhost:8002/flags",
  ERROR: "http://localhost:8003/flags",
} as const;

/** One of the names in {@link SERVERS}. */
export type ServerLabel = keyof typeof SERVERS;

/** The label used when none is given. */
export const DEFAULT_SERVER: ServerLabel = "LOCAL";

/** The labels in alphabetical order. */
export const SERVER_LABELS = (Object.keys(SERVERS) as ServerLabel[]).sort();

/** Tells whether a text is one of the labels, upper case as they are written. */
export function isServerLabel(text: string): text is ServerLabel {
  return Object.hasOwn(SERVERS, text);
}
