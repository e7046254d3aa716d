import { availableParallelism } from "node:os";
import type { TaskSource } from "../../../task.js";
import type {
  WorkerHandle,
  WorkerListener,
  Transport,
  WorkerEnd,
} from "../../workers/worker-handle.js";
import type { RunTimes } from "../../shared/run-times.js";
import { IdleSpin } from "../../shared/idle-spin.js";
import { ipcChannel, socketChannel } from "./channel.js";
import { ChildSpawner, type SpawnedChild } from "./child-spawner.js";
import type { ProcessOptions } from "./fork-options.js";
import { ProcessHandle } from "./process-handle.js";
import { makeToken, Rendezvous } from "./rendezvous.js";
import { PROCESS_SPIN_US } from "../../tuning.js";

/** What all processes of an executor are told at their birth. */
export interface ProcessSetup {
  readonly initializer: { source: TaskSource; args: Buffer } | undefined;
  readonly runTimes: RunTimes;
  readonly concurrency: number;
}

/** Makes child processes, each with a socket to this one. */
export class ProcessTransport implements Transport {
  readonly #spawner: ChildSpawner;
  readonly #setup: ProcessSetup;
  readonly #rendezvous = new Rendezvous();
  readonly #workers = new Set<ProcessHandle>();
  readonly #cores = availableParallelism();
  /** Whether the last process that ended never came to its program: then the next one's stderr is kept, to know why. */
  #lastNeverRan = false;
  /** Results are read by the event loop: it only has to turn. */
  readonly #spin = new IdleSpin(PROCESS_SPIN_US, {
    waits: () => {
      for (const worker of this.#workers) if (worker.live > 0) return true;
      return false;
    },
  });

  constructor(options: ProcessOptions, setup: ProcessSetup) {
    this.#spawner = new ChildSpawner(options);
    this.#setup = setup;
  }

  open(workerId: number, name: string, listener: WorkerListener): WorkerHandle {
    const pending = this.#rendezvous.expect({
      meet: (connections) => {
        // Whatever its tasks say on Node's channel is for nobody.
        child.nodeChannel.ignore();
        worker.connect(socketChannel(connections, worker));
      },
      meetThread: (recalls) => {
        worker.recallBy(recalls);
      },
    });
    const { initializer, runTimes, concurrency } = this.#setup;
    const address = pending?.address;
    const token = pending?.token ?? makeToken();
    let child: SpawnedChild;
    try {
      const birth = { workerId, name, address, token, concurrency, initializer };
      child = this.#spawner.spawn(birth, this.#lastNeverRan);
    } catch (error) {
      pending?.cancel();
      throw error;
    }
    const worker = new ProcessHandle(workerId, child, runTimes, concurrency > 1, {
      ...listener,
      freed: (freed) => {
        this.#spin.came();
        listener.freed(freed);
      },
      ended: (ended, end) => {
        this.#workers.delete(worker);
        pending?.cancel();
        this.#lastNeverRan = !ended.isStarted;
        listener.ended(
          ended,
          ended.isReady ? end : { ...end, error: end.error ?? bootError(end, child) },
        );
      },
    });
    this.#workers.add(worker);
    if (pending === undefined) worker.connect(ipcChannel(child.process, token, worker));
    return worker;
  }

  handedOut(busyWorkers: number, inFlight: number): void {
    if (inFlight > 0 && busyWorkers + 1 <= this.#cores) this.#spin.begin();
    else this.#spin.rest();
  }

  end(): Promise<void> {
    return this.#spawner.end();
  }
}

/** Says how a process ended that was not up yet. */
function bootError({ exitCode, signal }: WorkerEnd, child: SpawnedChild): Error {
  const how = signal === undefined ? `exit code ${exitCode ?? "unknown"}` : `the signal ${signal}`;
  const stderr = child.stderr();
  const wrote = stderr === "" ? "" : `, and wrote to stderr:\n${stderr}`;
  return new Error(`the process ended with ${how} before it was up${wrote}`);
}
