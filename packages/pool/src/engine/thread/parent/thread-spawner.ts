import { subscribe, unsubscribe } from "node:diagnostics_channel";
import {
  MessageChannel,
  type MessagePort,
  type ResourceLimits,
  type SHARE_ENV,
  type Worker,
} from "node:worker_threads";
import workerpool from "workerpool";
import { whenSettled } from "../../../internal/platform.js";
import type { Environment } from "../../workers/environment.js";
import { PoolQueue } from "../../workers/pool-queue.js";
import type { WorkerEnd } from "../../workers/worker-handle.js";
import { StdioDrain } from "./stdio-drain.js";
import { WAKE, type WorkerBirth } from "../wire/thread-messages.js";

/** Options of the threads themselves. */
export interface ThreadOptions {
  resourceLimits?: ResourceLimits | undefined;
  env?: Environment | typeof SHARE_ENV | undefined;
  execArgv?: readonly string[] | undefined;
  /** The program of the threads. */
  readonly file: string;
}

/** A thread as workerpool made it. */
export interface SpawnedThread {
  readonly port: MessagePort;
  /** Called once, when the thread is gone. */
  onEnd(callback: (end: WorkerEnd) => void): void;
  /** Looks whether the thread is gone, without the event loop. */
  isGone(): boolean;
  /** Says so before Node does. */
  end(end: WorkerEnd): void;
  /** Lets the thread keep the program alive until it is gone. */
  ref(): void;
  kill(): void;
}

/**
 * Lets workerpool make and keep the threads, and nothing else: each is in one call of workerpool's that never ends,
 * so workerpool's queue stays empty and its ways with tasks do not matter.
 */
export class ThreadSpawner {
  readonly #pool: ReturnType<typeof workerpool.pool>;
  readonly #queue = new PoolQueue();
  readonly #options: ThreadOptions;
  readonly #output = new StdioDrain();
  /** What `onCreateWorker` must hand to the thread that is being made. */
  #birth: { name: string; data: WorkerBirth } | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#pool = workerpool.pool(options.file, {
      workerType: "thread",
      // The worker set counts. Here a thread counts until it is gone, and one that is killed inside a native call stays for long.
      maxWorkers: Number.MAX_SAFE_INTEGER,
      workerTerminateTimeout: 1,
      queueStrategy: this.#queue,
      onCreateWorker: () => this.#threadOptions(),
    });
  }

  /**
   * Makes a thread. It is not referenced: what it does keeps the program alive, not that it exists.
   *
   * @throws What Node throws for options that no thread can be made with.
   */
  spawn(name: string, birth: Omit<WorkerBirth, "port">): SpawnedThread {
    const { port1, port2 } = new MessageChannel();
    this.#birth = { name, data: { ...birth, port: port2 } };
    let worker: Worker | undefined;
    // workerpool does not say which thread it made; Node does, inside the call.
    const seen = (message: unknown): void => {
      worker = (message as { worker: Worker }).worker;
    };
    subscribe("worker_threads", seen);
    let life: ReturnType<typeof this.exec>;
    try {
      life = this.exec();
    } catch (error) {
      this.#queue.clear();
      port1.close();
      throw error;
    } finally {
      unsubscribe("worker_threads", seen);
    }
    if (worker !== undefined) this.#output.watch(worker);
    // workerpool needs no word of the thread. What a task posts is for nobody: it could be taken for one.
    worker?.removeAllListeners("message");
    worker?.unref();
    return watch(port1, worker, life);
  }

  /** Ends what is left of workerpool's, and waits for what the threads have printed. */
  async end(): Promise<void> {
    await this.#pool.terminate(true);
    await this.#output.drained();
  }

  private exec(): { then(done: () => void, failed: () => void): unknown; cancel(): unknown } {
    return this.#pool.exec("attach", []);
  }

  #threadOptions(): { workerThreadOpts: Record<string, unknown> } {
    const { resourceLimits, env, execArgv } = this.#options;
    if (this.#birth === undefined)
      throw new Error("workerpool made a worker that nobody asked for");
    const { name, data } = this.#birth;
    return {
      workerThreadOpts: {
        name,
        workerData: data,
        transferList: [data.port],
        ...(resourceLimits && { resourceLimits }),
        ...(env !== undefined && { env }),
        ...(execArgv && { execArgv: [...execArgv] }),
      },
    };
  }
}

function watch(
  port: MessagePort,
  worker: Worker | undefined,
  life: { then(done: () => void, failed: () => void): unknown; cancel(): unknown },
): SpawnedThread {
  let end: WorkerEnd | undefined;
  let callback: ((end: WorkerEnd) => void) | undefined;
  let error: unknown;
  const endWith = (how: WorkerEnd): void => {
    if (end !== undefined) return;
    end = how;
    callback?.(end);
  };
  const ended = (exitCode?: number): void => {
    endWith({ exitCode, error });
  };
  worker?.on("error", (thrown) => {
    error = thrown;
  });
  worker?.on("exit", ended);
  // A dying thread closes its port some time before it is gone, and until then nothing else would hold the program.
  port.once("close", () => {
    worker?.ref();
  });
  // Where Node did not tell the thread, workerpool's own word must do.
  const lifeEnded = (): void => {
    if (worker === undefined) ended();
  };
  void whenSettled(life, lifeEnded, lifeEnded);
  return {
    port,
    onEnd(tell) {
      callback = tell;
      if (end !== undefined) tell(end);
    },
    isGone: () => !isConnected(port),
    end: endWith,
    ref() {
      worker?.ref();
    },
    kill() {
      if (worker === undefined) life.cancel();
      else void worker.terminate();
    },
  };
}

let connectedAnswer: unknown;

/**
 * Says whether somebody holds the other end of a port. A thread that dies lets go of it, however it dies, and Node's `postMessage`
 * returns whether there is another end; the answer for one that is there is looked up once, as no page says so.
 */
function isConnected(port: MessagePort): boolean {
  connectedAnswer ??= answerOfConnected();
  return connectedAnswer !== true || post(port) === true;
}

function answerOfConnected(): unknown {
  const { port1, port2 } = new MessageChannel();
  const answer = post(port1) === true;
  port1.close();
  port2.close();
  return answer;
}

/** Its types say that it returns nothing. */
function post(port: { postMessage(message: unknown): unknown }): unknown {
  return port.postMessage(WAKE);
}
