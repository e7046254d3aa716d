import { ProcessPoolExecutor } from "@concur/pool";
import { tasks } from "../lib/concur.mjs";
import { installedVersion } from "../lib/versions.mjs";

export default {
  name: "concur processes",
  version: installedVersion("@concur/pool"),
  kind: "ours",
  runsIn: "processes",
  create({ workers }) {
    const executor = new ProcessPoolExecutor({ maxWorkers: workers });
    return {
      run: (name, arg) => executor.run(tasks[name], arg),
      map: (name, items) => executor.map(tasks[name], items).toArray(),
      close: () => executor.shutdown(),
    };
  },
};
