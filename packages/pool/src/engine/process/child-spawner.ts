import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import workerpool from "workerpool";
import { whenSettled } from "../../internal/platform.js";
import { CallQueue } from "../call-queue.js";
import type { WorkerEnd } from "../link.js";
import type { ChildBirth } from "../shared/process-messages.js";
import { childFile } from "../worker-url.js";
import { forkOptions, type ProcessOptions } from "./fork-options.js";
import { atProgramEnd } from "./last-wishes.js";

const nothing = (): void => undefined;

/** A process as workerpool made it. */
export interface SpawnedChild {
  readonly process: ChildProcess;
  /** Sends a signal, if there is a process to send it to. */
  signal(name: NodeJS.Signals): void;
  /** Called once, when the process is gone or could not be had. */
  onEnd(callback: (end: WorkerEnd) => void): void;
}

/**
 * Lets workerpool make and keep the processes, and nothing else: each is in one call of workerpool's that never ends,
 * so workerpool's queue stays empty and its ways with tasks do not matter.
 */
export class ChildSpawner {
  readonly #pool: ReturnType<typeof workerpool.pool>;
  readonly #queue = new CallQueue();

  constructor(options: ProcessOptions) {
    this.#pool = workerpool.pool(childFile, {
      workerType: "process",
      // The crew counts. Here a process counts until it is gone.
      maxWorkers: Number.MAX_SAFE_INTEGER,
      workerTerminateTimeout: 1,
      queueStrategy: this.#queue,
      forkOpts: forkOptions(options),
    });
  }

  /**
   * Makes a process. It is not referenced: what it does keeps the program alive, not that it exists.
   *
   * @throws What Node throws for options that no process can be made with.
   */
  spawn(birth: ChildBirth): SpawnedChild {
    let child: ChildProcess | undefined;
    // workerpool does not say which process it made; Node does, inside the call.
    const seen = (message: unknown): void => {
      child = (message as { process: ChildProcess }).process;
      // Of a process that cannot be had Node tells later, and workerpool may not be there to hear it.
      child.on("error", nothing);
    };
    subscribe("child_process", seen);
    try {
      this.#attach(birth);
    } catch (error) {
      this.#queue.clear();
      // Where the system has no more processes or files, Node tells why in an event of the process that could not be had.
      if (child === undefined || child.pid !== undefined) throw error;
    } finally {
      unsubscribe("child_process", seen);
    }
    if (child === undefined) throw new Error("Node did not tell which process was made");
    return watch(child);
  }

  /** Ends what is left of workerpool's. */
  async end(): Promise<void> {
    await this.#pool.terminate(true);
  }

  /** The call that never ends; how the process ends is told by the process. */
  #attach(birth: ChildBirth): void {
    void whenSettled(this.#pool.exec("attach", [birth]), nothing, nothing);
  }
}

function watch(child: ChildProcess): SpawnedChild {
  let end: WorkerEnd | undefined;
  let callback: ((end: WorkerEnd) => void) | undefined;
  const signal = (name: NodeJS.Signals): void => {
    // Of a process that could not be started Node would send it to process 0, which is all of this one's group.
    if (child.pid !== undefined) child.kill(name);
  };
  const forget = atProgramEnd(() => {
    signal("SIGKILL");
  });
  const ended = (how: WorkerEnd): void => {
    if (end !== undefined) return;
    forget();
    end = how;
    callback?.(how);
  };
  child.on("exit", (exitCode, signal) => {
    ended({ exitCode: exitCode ?? undefined, signal: signal ?? undefined, error: undefined });
  });
  child.on("error", (error) => {
    // Anything else that fails here, such as a message to a process that is gone, has its end told by "exit".
    if (child.pid === undefined) ended({ exitCode: undefined, error });
  });
  child.unref();
  child.channel?.unref();
  return {
    process: child,
    signal,
    onEnd(tell) {
      callback = tell;
      if (end !== undefined) tell(end);
    },
  };
}
