/** The three servers of the book: plain, slow, and unreliable. */
export type FlagListenerLabel = "LOCAL" | "DELAY" | "ERROR";

/** All labels, in the order of their ports. */
export const FLAG_LISTENER_LABELS: readonly FlagListenerLabel[] = Object.freeze([
  "LOCAL",
  "DELAY",
  "ERROR",
]);
