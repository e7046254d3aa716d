// The program of every worker thread. It is built into one CommonJS file, which starts faster than an ES module.
import { workerData } from "node:worker_threads";
import { encodeThrown } from "../../../codec/encode-error.js";
import { reviveShareables } from "../../../codec/shareables.js";
import { apply } from "../../../internal/platform.js";
import { moduleLoads } from "../../worker/module-loads.js";
import { loadTask } from "../../worker/task-table.js";
import { enterWorker } from "../../shared/nesting.js";
import { ThreadLoop } from "./thread-loop.js";
import type { WorkerBirth } from "../wire/thread-messages.js";
import { ParentLine } from "./parent-line.js";
import { tellOfExit } from "./tell-of-exit.js";

moduleLoads.install();
const birth = workerData as WorkerBirth;
enterWorker(birth.nesting);
const line = new ParentLine(birth);
tellOfExit(line);
const loop = new ThreadLoop(birth, line);

void begin();

async function begin(): Promise<void> {
  // An initializer that waits for something must not be the end of a thread that nothing else holds.
  birth.port.ref();
  line.say({ kind: "started" });
  if (birth.initializer !== undefined) {
    try {
      const initialize = await loadTask(birth.initializer.source);
      reviveShareables(birth.initializer.args);
      await apply(initialize, undefined, birth.initializer.args);
    } catch (error) {
      line.say({ kind: "initializer failed", error: encodeThrown(error) });
      return;
    }
  }
  line.say({ kind: "ready" });
  loop.start();
}
