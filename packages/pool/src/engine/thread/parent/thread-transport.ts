import type { TaskSource } from "../../../task.js";
import type { WorkerHandle, WorkerListener, Transport } from "../../workers/worker-handle.js";
import { Ring } from "../wire/ring.js";
import { nestingBelow } from "../../shared/nesting.js";
import { Poller } from "./poller.js";
import { ThreadHandle, type ThreadHost } from "./thread-handle.js";
import { ThreadSpawner, type ThreadOptions } from "./thread-spawner.js";
import { WORKER_SPIN_US } from "../../tuning.js";
import {
  eventCountOfThisThread,
  serveWhileBlocked,
  ThreadWait,
  type ServedThreads,
} from "./blocked-thread.js";

/** What all threads of an executor are told at their birth. */
export interface ThreadSetup {
  readonly initializer: { source: TaskSource; args: readonly unknown[] } | undefined;
  readonly runTimes: SharedArrayBuffer;
  /** How many calls a thread runs at once. */
  readonly concurrency: number;
  /** Who may spin for work or results. */
  readonly spin: { readonly worker: boolean; readonly parent: boolean };
}

/** Makes worker threads, each with memory of its own to share with this one. */
export class ThreadTransport implements Transport, ThreadHost, ServedThreads {
  readonly takesBackAtOnce = true;
  readonly #spawner: ThreadSpawner;
  readonly #setup: ThreadSetup;
  readonly workers = new Set<ThreadHandle>();
  readonly #poller: Poller;

  constructor(options: ThreadOptions, setup: ThreadSetup) {
    this.#spawner = new ThreadSpawner(options);
    this.#setup = setup;
    this.#poller = new Poller(this.workers, setup.spin.parent);
  }

  open(workerId: number, name: string, listener: WorkerListener): WorkerHandle {
    const { initializer, runTimes, concurrency, spin } = this.#setup;
    const ring = Ring.create();
    const spinUs = spin.worker ? WORKER_SPIN_US : 0;
    const nesting = nestingBelow();
    const memory = { memory: ring.memory, eventCount: eventCountOfThisThread().memory, runTimes };
    const birth = { workerId, nesting, ...memory, spinUs, concurrency, initializer };
    const thread = this.#spawner.spawn(name, birth);
    const worker = new ThreadHandle(workerId, ring, thread, listener, this);
    worker.maySpin(this.#poller.spinAllowed);
    this.workers.add(worker);
    serveWhileBlocked(this, true);
    return worker;
  }

  blockedWait(): ThreadWait {
    return new ThreadWait();
  }

  get maySpin(): boolean {
    return this.#poller.maySpin;
  }

  get look(): number {
    return this.#poller.look;
  }

  wentOn(): void {
    this.#poller.wentOn();
    for (const worker of this.workers) worker.maySpin(this.#poller.spinAllowed);
  }

  kicked(): void {
    this.#poller.kicked();
  }

  gone(worker: ThreadHandle): void {
    this.workers.delete(worker);
    if (this.workers.size === 0) serveWhileBlocked(this, false);
  }

  handedOut(busyWorkers: number, inFlight: number, woke: boolean): void {
    this.#poller.submitted(busyWorkers, inFlight, woke);
  }

  end(): Promise<void> {
    return this.#spawner.end();
  }
}
