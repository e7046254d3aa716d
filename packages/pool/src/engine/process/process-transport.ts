import { availableParallelism } from "node:os";
import type { TaskSource } from "../../task.js";
import type { Link, LinkListener, Transport } from "../link.js";
import type { RunTimes } from "../shared/run-times.js";
import { PROCESS_VIGIL_US, Vigil } from "../shared/vigil.js";
import { ipcChannel, socketChannel } from "./channel.js";
import { ChildSpawner } from "./child-spawner.js";
import type { ProcessOptions } from "./fork-options.js";
import { ProcessLink } from "./process-link.js";
import { Rendezvous } from "./rendezvous.js";

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
  readonly #links = new Set<ProcessLink>();
  readonly #cores = availableParallelism();
  /** Results are read by the event loop: it only has to turn. */
  readonly #vigil = new Vigil(PROCESS_VIGIL_US, {
    waits: () => {
      for (const link of this.#links) if (link.live > 0) return true;
      return false;
    },
  });

  constructor(options: ProcessOptions, setup: ProcessSetup) {
    this.#spawner = new ChildSpawner(options);
    this.#setup = setup;
  }

  open(workerId: number, name: string, listener: LinkListener): Link {
    const appointment = this.#rendezvous.expect((lines) => {
      link.connect(socketChannel(lines, link));
    });
    const { initializer, runTimes, concurrency } = this.#setup;
    const address = appointment?.address;
    const token = appointment?.token ?? "";
    let child;
    try {
      child = this.#spawner.spawn({ workerId, name, address, token, concurrency, initializer });
    } catch (error) {
      appointment?.cancel();
      throw error;
    }
    const link = new ProcessLink(workerId, child, runTimes, concurrency > 1, {
      ...listener,
      freed: (freed) => {
        this.#vigil.came();
        listener.freed(freed);
      },
      ended: (ended, end) => {
        this.#links.delete(link);
        appointment?.cancel();
        listener.ended(ended, end);
      },
    });
    this.#links.add(link);
    if (appointment === undefined) link.connect(ipcChannel(child.process, link));
    return link;
  }

  handedOut(busyWorkers: number, inFlight: number): void {
    if (inFlight > 0 && busyWorkers + 1 <= this.#cores) this.#vigil.begin();
    else this.#vigil.rest();
  }

  end(): Promise<void> {
    return this.#spawner.end();
  }
}
