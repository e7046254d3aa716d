import { fileURLToPath } from "node:url";
import { FixedClusterPool } from "poolifier";
import { installedVersion } from "../lib/versions.mjs";

const script = fileURLToPath(new URL("../tasks/poolifier-cluster-worker.cjs", import.meta.url));

export default {
  name: "poolifier cluster",
  version: installedVersion("poolifier"),
  kind: "peer",
  runsIn: "processes",
  create({ workers, bytes }) {
    const pool = new FixedClusterPool(workers, script, {
      // JSON, the default, is the faster one for what is no bytes.
      ...(bytes ? { settings: { serialization: "advanced" } } : {}),
    });
    return {
      run: (name, arg) => pool.execute(arg, name),
      map: (name, items) => pool.mapExecute(items, name),
      close: () => pool.destroy(),
    };
  },
};
