// The kinds of executors that programs of the tests are run for, by name. These programs import the built package.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pool from "@concur/pool";

/** The folder for temporary files, which a kind may hide from the executors. */
const temporary = tmpdir();

/** Makes a folder for a test's own files. */
export function makeFolder() {
  return mkdtempSync(join(temporary, "concur-test-"));
}

const WORKER_OPTIONS = [
  "maxWorkers",
  "initializer",
  "initializerArgs",
  "concurrencyPerWorker",
  "maxQueue",
  "maxTasksPerWorker",
  "idleTimeoutMs",
  "onWorkerCrash",
  "startupTimeoutMs",
  "killAfterMs",
  "context",
  "onConsole",
  "workerName",
  "env",
  "execArgv",
];

const KINDS = {
  threads: {
    Executor: pool.ThreadPoolExecutor,
    copies: true,
    options: [...WORKER_OPTIONS, "spin", "resourceLimits"],
  },
  processes: { Executor: pool.ProcessPoolExecutor, copies: true, options: WORKER_OPTIONS },
  // Where no socket can be had, frames go by Node's own channel.
  "processes-without-socket": {
    Executor: pool.ProcessPoolExecutor,
    copies: true,
    options: WORKER_OPTIONS,
    open() {
      process.env.TMPDIR = join(tmpdir(), "concur-no-such-folder", `${process.pid}`);
    },
  },
  async: {
    Executor: pool.AsyncExecutor,
    copies: false,
    options: ["maxWorkers", "killAfterMs", "maxQueue"],
  },
  inline: { Executor: pool.InlineExecutor, copies: false, options: ["killAfterMs"] },
};

/** What most scenarios are run for. */
export const WORKERS = ["threads", "processes"];
export const ALL = [...WORKERS, "async", "inline"];
/** For what concerns the channel itself. */
export const WITH_CHANNEL = [...WORKERS, "processes-without-socket"];

/** Opens a kind for this program; `make` leaves out options that the kind does not have. */
export function openKind(name) {
  const kind = KINDS[name];
  if (kind === undefined) throw new RangeError(`no kind of executor is called ${name}`);
  kind.open?.();
  return {
    name,
    copies: kind.copies,
    make(options = {}) {
      const own = Object.entries(options).filter(([option]) => kind.options.includes(option));
      return new kind.Executor(Object.fromEntries(own));
    },
  };
}
