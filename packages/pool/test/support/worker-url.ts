import { fileURLToPath } from "node:url";

/** Stands in for src/engine/workers/worker-url.ts, whose neighbours exist only once they are built. */
export const workerFile = fileURLToPath(new URL("../../dist/worker-entry.cjs", import.meta.url));
export const childFile = fileURLToPath(new URL("../../dist/child-entry.cjs", import.meta.url));
