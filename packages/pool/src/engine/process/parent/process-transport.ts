import { availableParallelism } from "node:os";
import type { TaskSource } from "../../../task.js";
import type { WorkerHandle, WorkerListener, Transport } from "../../workers/worker-handle.js";
import type { RunTimes } from "../../shared/run-times.js";
import { nestingBelow } from "../../shared/nesting.js";
import { IdleSpin } from "../../shared/idle-spin.js";
import { ipcChannel, socketChannel } from "./channel.js";
import { ChildSpawner, type SpawnedChild } from "./child-spawner.js";
import type { ProcessOptions } from "./fork-options.js";
import { ProcessHandle, type ProcessHost } from "./process-handle.js";
import { makeToken, Rendezvous, type PendingConnection } from "./rendezvous.js";
import { PROCESS_SPIN_US } from "../../tuning.js";

/** What all processes of an executor are told at their birth. */
export interface ProcessSetup {
  readonly initializer: { source: TaskSource; args: Buffer } | undefined;
  readonly runTimes: RunTimes;
  readonly concurrency: number;
}

/** Makes child processes, each with a socket to this one. */
export class ProcessTransport implements Transport, ProcessHost {
  readonly takesBackAtOnce = false;
  readonly #spawner: ChildSpawner;
  readonly #setup: ProcessSetup;
  readonly #rendezvous = new Rendezvous();
  /** Each with the place where it is expected, where there is one. */
  readonly #workers = new Map<ProcessHandle, PendingConnection | undefined>();
  readonly #cores = availableParallelism();
  /** Whether the last process that ended never came to its program: then the next one's stderr is kept, to know why. */
  #lastNeverRan = false;
  /** Results are read by the event loop: it only has to turn. */
  readonly #spin = new IdleSpin(PROCESS_SPIN_US, {
    waits: () => {
      for (const worker of this.#workers.keys()) if (worker.live > 0) return true;
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
      const nesting = nestingBelow();
      const birth = { workerId, nesting, name, address, token, concurrency, initializer };
      child = this.#spawner.spawn(birth, this.#lastNeverRan);
    } catch (error) {
      pending?.cancel();
      throw error;
    }
    const tellsOfEach = concurrency > 1;
    const worker = new ProcessHandle(workerId, child, runTimes, tellsOfEach, listener, this);
    this.#workers.set(worker, pending);
    if (pending === undefined) worker.connect(ipcChannel(child.process, token, worker));
    return worker;
  }

  heard(): void {
    this.#spin.came();
  }

  gone(worker: ProcessHandle): void {
    this.#workers.get(worker)?.cancel();
    this.#workers.delete(worker);
    this.#lastNeverRan = !worker.isStarted;
  }

  handedOut(busyWorkers: number, inFlight: number): void {
    if (inFlight > 0 && busyWorkers + 1 <= this.#cores) this.#spin.begin();
    else this.#spin.rest();
  }

  end(): Promise<void> {
    return this.#spawner.end();
  }
}
