/** How a call ended. */
export type CallEnd = "completed" | "failed" | "cancelled";
