import { fileURLToPath } from "node:url";
import { FixedThreadPool } from "poolifier";
import { installedVersion } from "../lib/versions.mjs";

const script = fileURLToPath(new URL("../tasks/poolifier-worker.cjs", import.meta.url));

export default {
  name: "poolifier",
  version: installedVersion("poolifier"),
  kind: "peer",
  movesResults: false,
  kills: false,
  create({ workers }) {
    const pool = new FixedThreadPool(workers, script);
    return {
      run: (name, arg) => pool.execute(arg, name),
      map: (name, items) => pool.mapExecute(items, name),
      close: () => pool.destroy(),
    };
  },
};
