// The flags have 676 paths; a client that makes up paths without end must not fill the memory.
const MAX_PATHS = 10_000;

/** One path and how often it was asked for. */
interface Tally {
  readonly path: string;
  attempts: number;
}

/** Counts the requests of each path since the server started. Beyond 10,000 paths, new ones stay at 1. */
export class AttemptCounter {
  readonly #tallies = new Map<string, Tally>();

  /**
   * Counts one more request of `path`: which one it is, from 1, and the path as one and the same string each
   * time, so that whoever keeps it does not keep a string of each request.
   */
  next(path: string): Readonly<Tally> {
    const tally = this.#tallies.get(path);
    if (tally !== undefined) {
      tally.attempts += 1;
      return tally;
    }
    const first = { path, attempts: 1 };
    if (this.#tallies.size < MAX_PATHS) this.#tallies.set(path, first);
    return first;
  }

  /** Starts all counts anew. */
  reset(): void {
    this.#tallies.clear();
  }
}
