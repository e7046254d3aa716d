import type { ChildProcess, StdioOptions } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Readable } from "node:stream";
import workerpool from "workerpool";
import { setImmediate, whenSettled } from "../../../internal/platform.js";
import { PoolQueue } from "../../workers/pool-queue.js";
import type { WorkerEnd } from "../../workers/worker-handle.js";
import type { ChildBirth } from "../wire/process-messages.js";
import { forkOptions, type ProcessOptions } from "./fork-options.js";
import { atExit } from "./at-exit.js";
import { guardChannel, type NodeChannel } from "./node-channel.js";
import { StderrTail } from "./stderr-tail.js";

const nothing = (): void => undefined;

/** Why a process could not be had, as far as workerpool was told. */
interface Refusal {
  reason: unknown;
}

/** A process as workerpool made it. */
export interface SpawnedChild {
  readonly process: ChildProcess;
  /** What tasks may say on Node's own channel. */
  readonly nodeChannel: NodeChannel;
  /** Sends a signal, if there is a process to send it to. */
  signal(name: NodeJS.Signals): void;
  /** Called once, when the process is gone or could not be had. */
  onEnd(callback: (end: WorkerEnd) => void): void;
  readonly keepsStderr: boolean;
  /** The last lines that it wrote to stderr, where that was kept. */
  stderr(): string;
}

/**
 * Lets workerpool make and keep the processes, and nothing else: each is in one call of workerpool's that never ends,
 * so workerpool's queue stays empty and its ways with tasks do not matter.
 */
export class ChildSpawner {
  readonly #pool: ReturnType<typeof workerpool.pool>;
  readonly #queue = new PoolQueue();

  constructor(options: ProcessOptions) {
    this.#pool = workerpool.pool(options.file, {
      workerType: "process",
      // The worker set counts. Here a process counts until it is gone.
      maxWorkers: Number.MAX_SAFE_INTEGER,
      workerTerminateTimeout: 1,
      queueStrategy: this.#queue,
      forkOpts: forkOptions(options),
    });
  }

  /**
   * Makes a process. It is not referenced: what it does keeps the program alive, not that it exists.
   *
   * @param keepsStderr - Whether what it writes to stderr comes by way of this process, which keeps the last lines.
   * @throws What Node throws for options that no process can be made with.
   */
  spawn(birth: ChildBirth, keepsStderr: boolean): SpawnedChild {
    let child: ChildProcess | undefined;
    const refusal: Refusal = { reason: undefined };
    // workerpool does not say which process it made; Node does, inside the call.
    const seen = (message: unknown): void => {
      const made = (message as { process: ChildProcess }).process;
      child = made;
      setStdio(made, keepsStderr);
      // Of a process that cannot be had Node tells later, and workerpool may not be there to hear it.
      made.on("error", nothing);
    };
    subscribe("child_process", seen);
    try {
      this.#attach(birth, refusal);
    } catch (error) {
      this.#queue.clear();
      refusal.reason = error;
      // Where the system has no more processes or files, Node tells why in an event of the process that could not be had.
      if (child === undefined || child.pid !== undefined) throw error;
    } finally {
      unsubscribe("child_process", seen);
    }
    if (child === undefined) throw new Error("Node did not tell which process was made");
    return watch(child, refusal);
  }

  /** Ends what is left of workerpool's. */
  async end(): Promise<void> {
    await this.#pool.terminate(true);
  }

  /** The call that never ends; how the process ends is told by the process. */
  #attach(birth: ChildBirth, refusal: Refusal): void {
    void whenSettled(this.#pool.exec("attach", [birth]), nothing, (error) => {
      refusal.reason = error;
    });
  }
}

/** What Node calls to start a process that it has just made an object for; its types do not tell of it. */
interface Starter {
  spawn?: (options: { readonly stdio?: StdioOptions }) => unknown;
}

/**
 * Says what a process gets as its stdin, stdout and stderr, for which workerpool has no option: no input, as that is the
 * program's, and one reader less would get what another has read.
 */
function setStdio(child: ChildProcess, keepsStderr: boolean): void {
  const starter = child as Starter;
  const start = starter.spawn;
  if (typeof start !== "function") return;
  starter.spawn = (options) => {
    delete starter.spawn;
    if (!Array.isArray(options.stdio)) return start.call(child, options);
    const [, stdout, stderr, ...others] = options.stdio;
    const stdio = ["ignore" as const, stdout, keepsStderr ? ("pipe" as const) : stderr, ...others];
    return start.call(child, { ...options, stdio });
  };
}

/** Of a process that could not be had Node has made no streams, which its types do not say. */
function tailOf({ stderr }: { readonly stderr?: Readable | null }): StderrTail | undefined {
  return stderr === null || stderr === undefined ? undefined : new StderrTail(stderr);
}

function watch(child: ChildProcess, refusal: Refusal): SpawnedChild {
  let end: WorkerEnd | undefined;
  let callback: ((end: WorkerEnd) => void) | undefined;
  let fault: unknown;
  const signal = (name: NodeJS.Signals): void => {
    // Of a process that could not be started Node would send it to process 0, which is all of this one's group.
    if (child.pid !== undefined) child.kill(name);
  };
  const forget = atExit(() => {
    signal("SIGKILL");
  });
  const ended = (how: WorkerEnd): void => {
    if (end !== undefined) return;
    forget();
    end = how;
    callback?.(how);
  };
  const stderr = tailOf(child);
  const nodeChannel = guardChannel(child, (error) => {
    fault = error;
    signal("SIGKILL");
  });
  child.on("exit", (exitCode, signal) => {
    const how = { exitCode: exitCode ?? undefined, signal: signal ?? undefined, error: fault };
    if (stderr === undefined) ended(how);
    else {
      stderr.whenRead(() => {
        ended(how);
      });
    }
  });
  child.on("error", (error) => {
    // Anything else that fails here, such as a message to a process that is gone, has its end told by "exit".
    if (child.pid === undefined) ended({ exitCode: undefined, error });
  });
  // For most reasons why a process cannot be had Node has an event, which comes before this; for some it threw, to workerpool.
  if (child.pid === undefined) {
    setImmediate(() => {
      ended({ exitCode: undefined, error: refusal.reason ?? new Error("no process could be had") });
    });
  }
  child.unref();
  child.channel?.unref();
  return {
    process: child,
    nodeChannel,
    signal,
    onEnd(tell) {
      callback = tell;
      if (end !== undefined) tell(end);
    },
    keepsStderr: stderr !== undefined,
    stderr: () => stderr?.text ?? "",
  };
}
