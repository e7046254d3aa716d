import { availableParallelism } from "node:os";
import type { ResourceLimits, SHARE_ENV } from "node:worker_threads";
import { checkNodeOptions, checkThreadEnvironment } from "./engine/workers/environment.js";
import { checkPoolOptions, type WorkerPoolOptions } from "./engine/pool-options.js";
import { RUN_TIME_BYTES, RunTimes } from "./engine/shared/run-times.js";
import { ThreadTransport } from "./engine/thread/parent/thread-transport.js";
import { findWorkerFile } from "./engine/workers/worker-file.js";
import { WorkerExecutor } from "./engine/worker-executor.js";
import { describe } from "./internal/validate.js";

/** Options of a ThreadPoolExecutor. */
export interface ThreadPoolExecutorOptions extends WorkerPoolOptions {
  /** Limits of each thread's heap and stack, as of `worker_threads`. */
  resourceLimits?: ResourceLimits | undefined;
  /**
   * The environment of the threads: an object of strings, or `SHARE_ENV` of `node:worker_threads` for that of this process itself.
   * Default: a copy of this process's.
   */
  env?: Readonly<Record<string, string | undefined>> | typeof SHARE_ENV | undefined;
  /** Node options of the threads. Default: this process's. */
  execArgv?: readonly string[] | undefined;
  /**
   * Whether to look for work and results instead of sleeping, for some microseconds, where cores are free for it:
   * `'adaptive'` (default) on both sides, `'worker'` in the workers only, or `false`.
   */
  spin?: "adaptive" | "worker" | false | undefined;
}

/**
 * Runs calls in worker threads: for work that needs the processor.
 *
 * A thread shares no memory with its caller, so it runs tasks that it can find by itself (`defineTasks`, `importTasks`,
 * `inlineTask`), and arguments and results are copied. Threads start when there is work for them, and do not keep the
 * program alive when there is none.
 *
 * @example
 * await using executor = new ThreadPoolExecutor({ maxWorkers: 2 });
 * await executor.run(inlineTask((a: number, b: number) => a + b), 2, 3); // => 5
 */
export class ThreadPoolExecutor extends WorkerExecutor {
  /** @throws {TypeError | RangeError} For options that are unknown or unsound. */
  constructor(options: ThreadPoolExecutorOptions = {}) {
    const checked = checkPoolOptions("ThreadPoolExecutor", options, [
      "resourceLimits",
      "env",
      "execArgv",
      "spin",
    ]);
    const { resourceLimits, spin = "adaptive" } = options;
    const env = checkThreadEnvironment(options.env);
    const execArgv = checkNodeOptions(options.execArgv);
    if (!["adaptive", "worker", false].includes(spin)) {
      throw new RangeError(`spin must be 'adaptive', 'worker' or false, not ${describe(spin)}`);
    }
    // With one core the spinner would only keep it from the other side.
    const cores = availableParallelism() > 1;
    const runTimes = new SharedArrayBuffer(RUN_TIME_BYTES);
    const file = findWorkerFile("worker-entry.cjs", options.workerUrl);
    const transport = new ThreadTransport(
      { resourceLimits, env, execArgv, file },
      {
        initializer: checked.initializer,
        runTimes,
        concurrency: checked.concurrencyPerWorker,
        spin: { worker: cores && spin !== false, parent: cores && spin === "adaptive" },
      },
    );
    super(checked, new RunTimes(runTimes), transport);
  }
}
