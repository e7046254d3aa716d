import { serializationError } from "./codec/find-uncloneable.js";
import { checkEnvironment, checkNodeOptions } from "./engine/workers/environment.js";
import { checkPoolOptions, type WorkerPoolOptions } from "./engine/pool-options.js";
import { ProcessTransport } from "./engine/process/parent/process-transport.js";
import { encodePayload } from "./engine/process/wire/payload.js";
import { RUN_TIME_BYTES, RunTimes } from "./engine/shared/run-times.js";
import { findWorkerFile } from "./engine/workers/worker-file.js";
import { InvalidStateError } from "./errors.js";
import { isBun } from "./internal/runtime.js";
import { WorkerExecutor } from "./engine/worker-executor.js";
import { PROCESS_FORGETTING } from "./engine/tuning.js";

/** Options of a ProcessPoolExecutor. */
export interface ProcessPoolExecutorOptions extends WorkerPoolOptions {
  /** The environment of the processes, an object of strings. Default: a copy of this process's. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Node options of the processes. Default: this process's, but for those of `--eval` and of a debugger. */
  execArgv?: readonly string[] | undefined;
}

/**
 * Runs calls in child processes: for work that may take its process down with it, or must be stopped for certain.
 *
 * A process shares nothing with its caller, so it runs tasks that it can find by itself (`defineTasks`, `importTasks`,
 * `inlineTask`), and arguments and results are copied, those of a `transfer` list too. Processes start when there is
 * work for them, do not keep the program alive when there is none, and end with it, however it ends.
 *
 * @example
 * await using executor = new ProcessPoolExecutor({ maxWorkers: 2 });
 * await executor.run(inlineTask((a: number, b: number) => a + b), 2, 3); // => 5
 */
export class ProcessPoolExecutor extends WorkerExecutor {
  /**
   * @throws {TypeError | RangeError} For options that are unknown or unsound.
   * @throws {SerializationError} For arguments of the initializer that cannot be sent to a process.
   * @throws {InvalidStateError} Under Bun.
   */
  constructor(options: ProcessPoolExecutorOptions = {}) {
    if (isBun) {
      throw new InvalidStateError(
        "ProcessPoolExecutor does not work under Bun, which does not tell which process it has made: use ThreadPoolExecutor, or run the program with Node",
      );
    }
    const checked = checkPoolOptions("ProcessPoolExecutor", options, ["env", "execArgv"]);
    const env = checkEnvironment(options.env);
    const execArgv = checkNodeOptions(options.execArgv);
    const runTimes = new RunTimes(new SharedArrayBuffer(RUN_TIME_BYTES), PROCESS_FORGETTING);
    const { initializer } = checked;
    const transport = new ProcessTransport(
      { env, execArgv, file: findWorkerFile("child-entry.cjs", options.workerUrl) },
      {
        initializer: initializer && {
          source: initializer.source,
          args: encodeArguments(initializer.args),
        },
        runTimes,
        concurrency: checked.concurrencyPerWorker,
      },
    );
    super(checked, runTimes, transport);
  }
}

/** An argument that cannot be sent would otherwise be the mute death of every worker. */
function encodeArguments(args: readonly unknown[]): Buffer {
  try {
    return encodePayload(args);
  } catch (error) {
    throw serializationError("arguments", args, "initializerArgs", error);
  }
}
