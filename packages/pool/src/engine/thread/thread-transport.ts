import type { TaskSource } from "../../task.js";
import type { Link, LinkListener, Transport } from "../link.js";
import { Ring } from "../shared/ring.js";
import { Poller } from "./poller.js";
import { ThreadLink } from "./thread-link.js";
import { ThreadSpawner, type ThreadOptions } from "./thread-spawner.js";

/** The worker spins for so many microseconds at most. */
const SPIN_US = 50;

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
export class ThreadTransport implements Transport {
  readonly #spawner: ThreadSpawner;
  readonly #setup: ThreadSetup;
  readonly #links = new Set<ThreadLink>();
  readonly #poller: Poller;

  constructor(options: ThreadOptions, setup: ThreadSetup) {
    this.#spawner = new ThreadSpawner(options);
    this.#setup = setup;
    this.#poller = new Poller(this.#links, setup.spin.parent);
  }

  open(workerId: number, name: string, listener: LinkListener): Link {
    const { initializer, runTimes, concurrency, spin } = this.#setup;
    const ring = Ring.create();
    const spinUs = spin.worker ? SPIN_US : 0;
    const birth = { workerId, memory: ring.memory, runTimes, spinUs, concurrency, initializer };
    const thread = this.#spawner.spawn(name, birth);
    const link = new ThreadLink(workerId, ring, thread, {
      ...listener,
      ended: (ended, end) => {
        this.#links.delete(link);
        listener.ended(ended, end);
      },
      kicked: () => {
        this.#poller.kicked();
      },
    });
    link.maySpin(this.#poller.spinAllowed);
    this.#links.add(link);
    return link;
  }

  handedOut(busyWorkers: number, inFlight: number, woke: boolean): void {
    this.#poller.submitted(busyWorkers, inFlight, woke);
  }

  end(): Promise<void> {
    return this.#spawner.end();
  }
}
