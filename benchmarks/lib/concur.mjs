import { importTasks, ThreadPoolExecutor } from "@concur/pool";
import { installedVersion } from "./versions.mjs";
import functions from "../tasks/functions.cjs";

const imported = importTasks(new URL("../tasks/functions.cjs", import.meta.url));
// Looked up once, as a program does that names its tasks; the lookup itself goes through a proxy.
export const tasks = Object.fromEntries(
  Object.keys(functions).map((name) => [name, imported[name]]),
);

const { echoMoved } = importTasks(new URL("../tasks/concur-move.mjs", import.meta.url));

/** Makes the contender for one setting of `spin`; undefined is the default. */
export function concurContender(name, spin) {
  return {
    name,
    version: installedVersion("@concur/pool"),
    kind: "ours",
    streams: true,
    iterates: true,
    blocks: true,
    create({ workers }) {
      const executor = new ThreadPoolExecutor({
        maxWorkers: workers,
        ...(spin === undefined ? {} : { spin }),
      });
      return {
        run: (task, arg, transfer) =>
          transfer === undefined
            ? executor.run(tasks[task], arg)
            : executor.with({ transfer }).run(task === "echo" ? echoMoved : tasks[task], arg),
        runSync: (task, arg) => executor.runSync(tasks[task], arg),
        map: (task, items) => executor.map(tasks[task], items).toArray(),
        iterate: (task, items) => executor.map(tasks[task], items),
        stream: (task, arg) => executor.stream(tasks[task], arg),
        start(task, arg) {
          const future = executor.with({ killAfterMs: 0 }).submit(tasks[task], arg);
          return { result: future.result(), kill: () => future.abort() };
        },
        close: () => executor.shutdown(),
      };
    },
  };
}
