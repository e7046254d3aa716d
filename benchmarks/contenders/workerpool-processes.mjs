import { fileURLToPath } from "node:url";
import workerpool from "workerpool";
import { installedVersion } from "../lib/versions.mjs";

const script = fileURLToPath(new URL("../tasks/workerpool-worker.cjs", import.meta.url));

export default {
  name: "workerpool processes",
  version: installedVersion("workerpool"),
  kind: "peer",
  runsIn: "processes",
  create({ workers, bytes }) {
    const pool = workerpool.pool(script, {
      workerType: "process",
      maxWorkers: workers,
      // JSON, its default, is the faster one for what is no bytes.
      ...(bytes ? { forkOpts: { serialization: "advanced" } } : {}),
    });
    return {
      run: (name, arg) => pool.exec(name, [arg]),
      close: () => pool.terminate(true),
    };
  },
};
