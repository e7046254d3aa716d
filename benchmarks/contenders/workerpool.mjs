import { fileURLToPath } from "node:url";
import workerpool from "workerpool";
import { installedVersion } from "../lib/versions.mjs";

const script = fileURLToPath(new URL("../tasks/workerpool-worker.cjs", import.meta.url));

export default {
  name: "workerpool",
  version: installedVersion("workerpool"),
  kind: "peer",
  create({ workers }) {
    const pool = workerpool.pool(script, { workerType: "thread", maxWorkers: workers });
    return {
      run: (name, arg, transfer) =>
        transfer === undefined ? pool.exec(name, [arg]) : pool.exec("move", [arg], { transfer }),
      start(name, arg) {
        const result = pool.exec(name, [arg]);
        return { result, kill: () => result.cancel() };
      },
      close: () => pool.terminate(true),
    };
  },
};
