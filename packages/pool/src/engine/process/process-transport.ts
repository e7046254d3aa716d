import { availableParallelism } from "node:os";
import type { TaskSource } from "../../task.js";
import type { Link, LinkListener, Transport, WorkerEnd } from "../link.js";
import type { RunTimes } from "../shared/run-times.js";
import { PROCESS_VIGIL_US, Vigil } from "../shared/vigil.js";
import { ipcChannel, socketChannel } from "./channel.js";
import { ChildSpawner, type SpawnedChild } from "./child-spawner.js";
import type { ProcessOptions } from "./fork-options.js";
import { ProcessLink } from "./process-link.js";
import { makeToken, Rendezvous } from "./rendezvous.js";

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
  /** Whether the last process that ended never came to its program: then the next one's stderr is kept, to know why. */
  #lastNeverRan = false;
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
    const appointment = this.#rendezvous.expect({
      meet: (lines) => {
        // Whatever its tasks say on Node's channel is for nobody.
        child.nodeChannel.ignore();
        link.connect(socketChannel(lines, link));
      },
      meetThread: (recalls) => {
        link.recallBy(recalls);
      },
    });
    const { initializer, runTimes, concurrency } = this.#setup;
    const address = appointment?.address;
    const token = appointment?.token ?? makeToken();
    let child: SpawnedChild;
    try {
      const birth = { workerId, name, address, token, concurrency, initializer };
      child = this.#spawner.spawn(birth, this.#lastNeverRan);
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
        this.#lastNeverRan = !ended.isAlive;
        listener.ended(
          ended,
          ended.isUp ? end : { ...end, error: end.error ?? bootError(end, child) },
        );
      },
    });
    this.#links.add(link);
    if (appointment === undefined) link.connect(ipcChannel(child.process, token, link));
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

/** Says how a process ended that was not up yet. */
function bootError({ exitCode, signal }: WorkerEnd, child: SpawnedChild): Error {
  const how = signal === undefined ? `exit code ${exitCode ?? "unknown"}` : `the signal ${signal}`;
  const stderr = child.stderr();
  const wrote = stderr === "" ? "" : `, and wrote to stderr:\n${stderr}`;
  return new Error(`the process ended with ${how} before it was up${wrote}`);
}
