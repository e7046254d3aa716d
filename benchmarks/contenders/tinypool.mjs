import { fileURLToPath } from "node:url";
import { Tinypool } from "tinypool";
import { installedVersion } from "../lib/versions.mjs";

const filename = fileURLToPath(new URL("../tasks/functions.cjs", import.meta.url));
const moveFilename = fileURLToPath(new URL("../tasks/tinypool-move.mjs", import.meta.url));

export default {
  name: "tinypool",
  version: installedVersion("tinypool"),
  kind: "peer",
  create({ workers }) {
    const pool = new Tinypool({ filename, minThreads: workers, maxThreads: workers });
    return {
      run: (name, arg, transfer) =>
        transfer === undefined
          ? pool.run(arg, { name })
          : pool.run(arg, { filename: moveFilename, name: "move", transferList: transfer }),
      start(name, arg) {
        const controller = new AbortController();
        const result = pool.run(arg, { name, signal: controller.signal });
        return { result, kill: () => controller.abort() };
      },
      close: () => pool.destroy(),
    };
  },
};
