// The program of every worker thread. It is built into one CommonJS file, which starts faster than an ES module.
import { workerData } from "node:worker_threads";
import { encodeThrown } from "../../../codec/encode-error.js";
import { reviveShareables } from "../../../codec/shareables.js";
import { apply } from "../../../internal/platform.js";
import { moduleLoads } from "../../worker/module-loads.js";
import { loadTask } from "../../worker/task-table.js";
import { ThreadLoop } from "./thread-loop.js";
import type { FromWorker, WorkerBirth } from "../wire/thread-messages.js";

moduleLoads.install();
const birth = workerData as WorkerBirth;
const loop = new ThreadLoop(birth);

void begin();

async function begin(): Promise<void> {
  // An initializer that waits for something must not be the end of a thread that nothing else holds.
  birth.port.ref();
  birth.port.postMessage({ kind: "started" } satisfies FromWorker);
  if (birth.initializer !== undefined) {
    try {
      const initialize = await loadTask(birth.initializer.source);
      reviveShareables(birth.initializer.args);
      await apply(initialize, undefined, birth.initializer.args);
    } catch (error) {
      birth.port.postMessage({
        kind: "initializer failed",
        error: encodeThrown(error),
      } satisfies FromWorker);
      return;
    }
  }
  birth.port.postMessage({ kind: "ready" } satisfies FromWorker);
  loop.start();
}
