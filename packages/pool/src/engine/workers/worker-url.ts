import { fileURLToPath } from "node:url";

/** Where the program of the worker threads is, beside the file that this is built into. */
export const workerFile = fileURLToPath(new URL("./worker-entry.cjs", import.meta.url));

/** Where the program of the child processes is. */
export const childFile = fileURLToPath(new URL("./child-entry.cjs", import.meta.url));
