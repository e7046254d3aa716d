import { Worker } from "node:worker_threads";

/** How often the thread looks, in milliseconds. */
const LOOK_MS = 500;

/** Read as this process starts: by the time that the thread below runs, the parent may be gone. */
const parent = process.ppid;

/** A process whose parent is gone is given another one. On Windows it is ended by the system. */
const program = `
  const { workerData: parent } = require("node:worker_threads");
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  }, ${LOOK_MS});
`;

/**
 * Ends this process when its parent is gone, also when it is in a loop that never lets an event in: a parent that is killed
 * can tell nobody, and only another thread can look then.
 */
export function watchParent(): void {
  if (process.platform === "win32") return;
  const thread = new Worker(program, {
    eval: true,
    workerData: parent,
    // Nothing of the program's own, such as modules to load first, belongs there.
    env: {},
    execArgv: [],
    trackUnmanagedFds: false,
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  thread.unref();
}
