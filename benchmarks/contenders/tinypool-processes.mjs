import { fileURLToPath } from "node:url";
import { Tinypool } from "tinypool";
import { installedVersion } from "../lib/versions.mjs";

const filename = fileURLToPath(new URL("../tasks/functions.cjs", import.meta.url));

export default {
  name: "tinypool processes",
  version: installedVersion("tinypool"),
  kind: "peer",
  runsIn: "processes",
  create({ workers, bytes }) {
    const pool = new Tinypool({
      runtime: "child_process",
      filename,
      minThreads: workers,
      maxThreads: workers,
      // JSON, its default, is the faster one for what is no bytes.
      ...(bytes ? { serialization: "advanced" } : {}),
    });
    return {
      run: (name, arg) => pool.run(arg, { name }),
      close: () => pool.destroy(),
    };
  },
};
