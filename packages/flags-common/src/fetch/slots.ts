import type { Cutoff } from "./cutoff.js";

/**
 * Lets so many requests to one server be under way at once, in the order in which they come.
 *
 * Node's agent can do that as well, but forgets those that wait when a connection made in our way fails.
 */
export class Slots {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Takes a slot if one is free: most of the time one is, and nobody has to wait for a promise. */
  takeFree(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  /** Waits for a slot; rejects when the work is ended first. */
  take(cutoff: Cutoff): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const go = (): void => {
        this.#waiting.delete(go);
        cutoff.remove(giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.delete(go);
        reject(new Error("aborted"));
      };
      if (cutoff.reason !== undefined) giveUp();
      else if (this.takeFree()) resolve();
      else {
        this.#waiting.add(go);
        cutoff.add(giveUp);
      }
    });
  }

  /** Gives a slot back: to the one who waits longest. */
  give(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free += 1;
    else next();
  }
}
