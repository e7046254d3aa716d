import { fileURLToPath } from "node:url";
import { createSyncFn } from "synckit";
import { installedVersion } from "../lib/versions.mjs";

const script = fileURLToPath(new URL("../tasks/synckit-worker.mjs", import.meta.url));

/** Blocks its caller until the answer is there, with one worker for a file. */
export default {
  name: "synckit",
  version: installedVersion("synckit"),
  kind: "reference",
  measures: (caseId) => caseId === "cold-one-call" || caseId === "round-trip-sync",
  create() {
    const call = createSyncFn(script);
    return { run: call, runSync: call, close: () => undefined };
  },
};
