import { availableParallelism } from "node:os";
import { serializationError } from "../codec/find-uncloneable.js";
import { checkCount, checkDuration, checkOptionNames, describe } from "../internal/validate.js";
import type { Task, TaskSource } from "../task.js";
import type { ConsoleLine } from "./workers/console-lines.js";
import { sourceOf } from "./calls/task-registry.js";
import { clone } from "./shared/clone.js";

/** Options of executors that have workers of their own. */
export interface WorkerPoolOptions {
  /** How many workers run at the same time, a whole number from 1. Default: `os.availableParallelism()`. */
  maxWorkers?: number | undefined;
  /**
   * How many workers start when the executor is made, a whole number from 0 to `maxWorkers`. So many stay when they have nothing to do,
   * whatever `idleTimeoutMs` says, and one that dies is replaced. They do not keep the program alive. Default: 0.
   */
  minWorkers?: number | undefined;
  /** Runs once in every worker before its first call, also in those that replace others; awaited. */
  initializer?: Task<never, unknown> | undefined;
  /** What the initializer is given: each worker gets a copy of what they are when the executor is made. */
  initializerArgs?: readonly unknown[] | undefined;
  /**
   * How many calls one worker runs at once, a whole number from 1: for tasks that wait for something, as a call that
   * keeps the processor keeps all others of its worker waiting. Default: 1.
   */
  concurrencyPerWorker?: number | undefined;
  /**
   * Maximum number of waiting calls, a whole number from 0, beside the `maxWorkers` × `concurrencyPerWorker` that can run. Over it,
   * `submit` throws QueueFullError, and `submitWhenReady` and `map` wait. Default: no limit.
   */
  maxQueue?: number | undefined;
  /** A worker is replaced after this number of calls, a whole number from 1; a chunk of `map` counts as one. Default: never. */
  maxTasksPerWorker?: number | undefined;
  /** A worker that has had nothing to do for so many milliseconds ends. Default: Infinity, never. */
  idleTimeoutMs?: number | undefined;
  /**
   * What the death of a worker means: `'replace'` (default) fails only the calls that it ran, `'break'` ends the
   * executor, as CPython's does.
   */
  onWorkerCrash?: "replace" | "break" | undefined;
  /** How long a worker may take to start, its initializer included, in milliseconds. Default: 60000. */
  startupTimeoutMs?: number | undefined;
  /** How long a running call may take to answer its signal before its worker is killed, in ms. Default: 100. */
  killAfterMs?: number | undefined;
  /** Carries the context of the caller, such as the store of an AsyncLocalStorage, into the worker with each call. */
  context?: ContextCarrier | undefined;
  /**
   * Is called with each line that a worker prints, instead of printing it here. Default: this process prints what its workers
   * print, in whole lines and while their tasks are still at work.
   */
  onConsole?: ((line: ConsoleLine) => void) | undefined;
  /**
   * Where the program of the workers is, as a URL or a path: `@concur/pool/worker-entry.cjs` for threads and
   * `@concur/pool/child-entry.cjs` for processes, or a copy of that. Only for programs that a bundler has made, where it is not
   * found beside the bundle.
   */
  workerUrl?: URL | string | undefined;
  /** Workers are named after it: `name_0`, `name_1`, … Default: the executor's class and a number. */
  workerName?: string | undefined;
}

/** Takes the context of a call from here to its worker. */
export interface ContextCarrier {
  /**
   * Gives what is carried, once per call of `submit`, `run`, `map` or `broadcast`; it must be a value that can be sent. What it
   * throws is thrown there.
   */
  readonly capture: () => unknown;
  /**
   * Runs in the worker around each task: is given what `capture` gave and a function that runs the task, and returns what that
   * returns, as `(captured, run) => storage.run(captured, run)` does.
   */
  readonly restore: Task<[captured: never, run: () => never], unknown>;
}

/** The names of these options. */
const WORKER_POOL_OPTIONS = [
  "maxWorkers",
  "minWorkers",
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
  "workerUrl",
] as const;

/** The options with their defaults, once they have been checked. */
export interface CheckedPoolOptions {
  readonly maxWorkers: number;
  readonly minWorkers: number;
  readonly initializer: { source: TaskSource; args: readonly unknown[] } | undefined;
  readonly concurrencyPerWorker: number;
  readonly maxQueue: number | undefined;
  readonly maxTasksPerWorker: number;
  readonly idleTimeoutMs: number;
  readonly onWorkerCrash: "replace" | "break";
  readonly startupTimeoutMs: number;
  readonly killAfterMs: number;
  readonly context: { capture: () => unknown; restore: TaskSource } | undefined;
  readonly onConsole: ((line: ConsoleLine) => void) | undefined;
  readonly workerName: string;
}

let executors = 0;

/** Throws TypeError or RangeError unless the options are known and sound. */
export function checkPoolOptions(
  className: string,
  options: WorkerPoolOptions,
  more: readonly string[],
): CheckedPoolOptions {
  checkOptionNames(className, options, [...WORKER_POOL_OPTIONS, ...more]);
  const {
    maxWorkers = availableParallelism(),
    minWorkers = 0,
    initializer,
    initializerArgs = [],
    concurrencyPerWorker = 1,
    maxQueue,
    maxTasksPerWorker,
    idleTimeoutMs = Infinity,
    onWorkerCrash = "replace",
    startupTimeoutMs = 60_000,
    killAfterMs = 100,
    context,
    onConsole,
    workerName = `${className}-${(executors += 1)}`,
  } = options;
  if (!["replace", "break"].includes(onWorkerCrash)) {
    throw new RangeError(
      `onWorkerCrash must be 'replace' or 'break', not ${describe(onWorkerCrash)}`,
    );
  }
  if (!Array.isArray(initializerArgs)) {
    throw new TypeError(`initializerArgs must be an array, not ${describe(initializerArgs)}`);
  }
  if (typeof workerName !== "string") {
    throw new TypeError(`workerName must be a string, not ${describe(workerName)}`);
  }
  if (onConsole !== undefined && typeof onConsole !== "function") {
    throw new TypeError(`onConsole must be a function, not ${describe(onConsole)}`);
  }
  checkCount("maxWorkers", maxWorkers);
  if (checkCount("minWorkers", minWorkers, 0) > maxWorkers) {
    throw new RangeError(
      `minWorkers must be at most ${maxWorkers}, which is maxWorkers, not ${minWorkers}`,
    );
  }
  return {
    maxWorkers,
    minWorkers,
    initializer:
      initializer === undefined
        ? undefined
        : { source: sourceOf(initializer), args: copyOf(initializerArgs) },
    concurrencyPerWorker: checkCount("concurrencyPerWorker", concurrencyPerWorker),
    maxQueue: maxQueue === undefined ? undefined : checkCount("maxQueue", maxQueue, 0),
    maxTasksPerWorker:
      maxTasksPerWorker === undefined
        ? Infinity
        : checkCount("maxTasksPerWorker", maxTasksPerWorker),
    idleTimeoutMs: checkDuration("idleTimeoutMs", idleTimeoutMs, 0),
    onWorkerCrash,
    startupTimeoutMs: checkDuration("startupTimeoutMs", startupTimeoutMs, 0),
    killAfterMs: checkDuration("killAfterMs", killAfterMs, 0),
    context: context === undefined ? undefined : checkContext(context),
    onConsole,
    workerName,
  };
}

function checkContext(context: ContextCarrier): CheckedPoolOptions["context"] {
  checkOptionNames("context", context, ["capture", "restore"]);
  const { capture, restore } = context;
  if (typeof capture !== "function") {
    throw new TypeError(`context.capture must be a function, not ${describe(capture)}`);
  }
  return { capture, restore: sourceOf(restore) };
}

/**
 * Copies the arguments of the initializer: all workers get what they are now, whenever they start. One that cannot be sent
 * would otherwise be the mute death of every worker.
 */
function copyOf(args: readonly unknown[]): readonly unknown[] {
  try {
    return clone(args);
  } catch (error) {
    throw serializationError("arguments", args, "initializerArgs", error);
  }
}
