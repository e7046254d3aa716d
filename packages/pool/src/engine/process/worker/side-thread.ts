import { killProcess, setInterval } from "../../../internal/platform.js";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ChildBirth } from "../wire/process-messages.js";
import type { ClaimMemory } from "./claims.js";
import type { RecallThreadData } from "./recall-thread.js";
import { PARENT_LOOK_MS } from "../../tuning.js";

/** Read as this process starts: by the time that the thread below runs, the parent may be gone. */
const parent = process.ppid;

/**
 * Starts the thread that looks for the parent and answers its requests. A parent that is killed can tell nobody, and a call
 * that keeps this process from its event loop lets nobody else look.
 */
export function startSideThread({ address, token }: ChildBirth, claims: ClaimMemory): void {
  const data: RecallThreadData = { parent, address, token, claims };
  const thread = makeThread(data);
  // Where Node makes no thread calls are not taken back, and this one looks for the parent itself.
  if (thread === undefined) watchParent();
  // So it is where the working directory was deleted, say.
  thread?.on("error", watchParent);
  thread?.unref();
}

/** Undefined where Node's permission model allows no threads. */
function makeThread(data: RecallThreadData): Worker | undefined {
  const options = {
    workerData: data,
    // Nothing of the program's own, such as modules to load first, belongs there.
    env: {},
    execArgv: [],
    trackUnmanagedFds: false,
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  };
  try {
    return new Worker(join(__dirname, "recall-thread.cjs"), options);
  } catch {
    return undefined;
  }
}

function watchParent(): void {
  if (process.platform === "win32") return;
  setInterval(() => {
    if (process.ppid !== parent) killProcess(process.pid, "SIGKILL");
  }, PARENT_LOOK_MS).unref();
}
