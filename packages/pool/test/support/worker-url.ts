import { fileURLToPath } from "node:url";

/** Stands in for src/engine/worker-url.ts, whose neighbour exists only once it is built. */
export const workerFile = fileURLToPath(new URL("../../dist/worker-entry.cjs", import.meta.url));
