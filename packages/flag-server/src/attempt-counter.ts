import { shortKey } from "./kept-text.js";

// The flags have 676 paths; a client that makes up paths without end must not fill the memory.
const MAX_PATHS = 10_000;
/** Longer paths are counted by a digest of theirs. */
const MAX_KEY_LENGTH = 300;

/** How often a path was asked for. */
interface Tally {
  /** The path as it was written first, as the key of the count; of a long path only a digest is kept. */
  readonly key: string;
  attempts: number;
}

/** Counts the requests of each path since the server started. Beyond 10,000 paths, new ones stay at 1. */
export class AttemptCounter {
  readonly #tallies = new Map<string, Tally>();

  /**
   * Counts one more request of `path`: which one it is, from 1, and the key as one and the same string each
   * time, so that whoever keeps it does not keep a string of each request.
   */
  next(path: string): Readonly<Tally> {
    const key = shortKey(path, MAX_KEY_LENGTH);
    const tally = this.#tallies.get(key);
    if (tally !== undefined) {
      tally.attempts += 1;
      return tally;
    }
    const first = { key, attempts: 1 };
    if (this.#tallies.size < MAX_PATHS) this.#tallies.set(key, first);
    return first;
  }

  /** Starts all counts anew. */
  reset(): void {
    this.#tallies.clear();
  }
}
