import { fileURLToPath } from "node:url";
import { Worker } from "jest-worker";
import { installedVersion } from "../lib/versions.mjs";
import functions from "../tasks/functions.cjs";

const script = fileURLToPath(new URL("../tasks/functions.cjs", import.meta.url));

export default {
  name: "jest-worker processes",
  version: installedVersion("jest-worker"),
  kind: "peer",
  runsIn: "processes",
  create({ workers }) {
    const farm = new Worker(script, {
      enableWorkerThreads: false,
      numWorkers: workers,
      exposedMethods: Object.keys(functions),
    });
    return {
      run: (name, arg) => farm[name](arg),
      close: () => farm.end(),
    };
  },
};
