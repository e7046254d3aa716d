import { availableParallelism } from "node:os";
import { Vigil } from "../shared/vigil.js";
import type { ThreadLink } from "./thread-link.js";

/** A result of a thread that is awake comes sooner than this, in microseconds. */
const POLL_US = 50;

/**
 * Lets this thread look for results in its idle turns instead of sleeping until a worker wakes it.
 *
 * It pays only while each busy worker and this thread can have a core of their own, and nobody had to be woken first.
 */
export class Poller {
  readonly #cores = availableParallelism();
  readonly #links: Iterable<ThreadLink>;
  readonly #vigil: Vigil | undefined;
  #spinAllowed = true;

  constructor(links: Iterable<ThreadLink>, enabled: boolean) {
    this.#links = links;
    if (!enabled) return;
    this.#vigil = new Vigil(POLL_US, {
      look: () => this.#collect(),
      waits: () => {
        for (const link of links) if (link.live > 0) return true;
        return false;
      },
      ended: () => {
        for (const link of links) link.polling(false);
        // What was finished just before the stores above has woken nobody.
        this.#collect();
      },
    });
  }

  /** Whether workers may spin at the moment. */
  get spinAllowed(): boolean {
    return this.#spinAllowed;
  }

  /** Is told after each hand-out how things stand. */
  submitted(busyWorkers: number, inFlight: number, woke: boolean): void {
    const room = busyWorkers + 1 <= this.#cores;
    if (room !== this.#spinAllowed) {
      this.#spinAllowed = room;
      for (const link of this.#links) link.maySpin(room);
    }
    const vigil = this.#vigil;
    if (vigil === undefined) return;
    if (!room || woke || inFlight === 0) vigil.rest();
    else if (vigil.awake) vigil.begin();
    else if (vigil.begin()) for (const link of this.#links) link.polling(true);
  }

  /** A worker had to wake this thread. */
  kicked(): void {
    this.#vigil?.woken();
  }

  #collect(): boolean {
    let found = false;
    for (const link of [...this.#links]) {
      if (link.held > 0 && link.collectAll()) found = true;
    }
    return found;
  }
}
