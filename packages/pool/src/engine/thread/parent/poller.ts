import { availableParallelism } from "node:os";
import { IdleSpin } from "../../shared/idle-spin.js";
import type { ThreadHandle } from "./thread-handle.js";
import { PARENT_SPIN_US } from "../../tuning.js";
import { ParentLook } from "../wire/ring.js";

/**
 * Lets this thread look for results in its idle turns instead of sleeping until a worker wakes it.
 *
 * It pays only while each busy worker and this thread can have a core of their own, and nobody had to be woken first.
 */
export class Poller {
  readonly #cores = availableParallelism();
  readonly #workers: Iterable<ThreadHandle>;
  readonly #spin: IdleSpin | undefined;
  #spinAllowed = true;

  constructor(workers: Iterable<ThreadHandle>, enabled: boolean) {
    this.#workers = workers;
    if (!enabled) return;
    this.#spin = new IdleSpin(PARENT_SPIN_US, {
      look: () => this.#collect(),
      waits: () => {
        for (const worker of workers) if (worker.live > 0) return true;
        return false;
      },
      ended: () => {
        for (const worker of workers) worker.parentLooks(ParentLook.InLoop);
        // What was finished just before the stores above has woken nobody.
        this.#collect();
      },
    });
  }

  /** Whether workers may spin at the moment. */
  get spinAllowed(): boolean {
    return this.#spinAllowed;
  }

  /** How this thread finds results while its event loop has it. */
  get look(): number {
    return this.#spin?.awake ? ParentLook.Looks : ParentLook.InLoop;
  }

  /** Whether this thread may look for results instead of sleeping at the moment. */
  get maySpin(): boolean {
    return this.#spin !== undefined && this.#spinAllowed;
  }

  /** The event loop has stood still, which is no gap in its turns. */
  wentOn(): void {
    if (this.#spin?.awake) this.#spin.begin();
  }

  /** Is told after each hand-out how things stand. */
  submitted(busyWorkers: number, inFlight: number, woke: boolean): void {
    const room = busyWorkers + 1 <= this.#cores;
    if (room !== this.#spinAllowed) {
      this.#spinAllowed = room;
      for (const worker of this.#workers) worker.maySpin(room);
    }
    const spin = this.#spin;
    if (spin === undefined) return;
    if (!room || woke || inFlight === 0) spin.rest();
    else if (spin.awake) spin.begin();
    else if (spin.begin()) for (const worker of this.#workers) worker.parentLooks(ParentLook.Looks);
  }

  /** A worker had to wake this thread. */
  kicked(): void {
    this.#spin?.woken();
  }

  #collect(): boolean {
    let found = false;
    for (const worker of [...this.#workers]) {
      if (worker.held > 0 && worker.collectAll()) found = true;
    }
    return found;
  }
}
