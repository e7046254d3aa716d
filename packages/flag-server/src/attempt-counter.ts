// The flags have 676 paths; a client that makes up paths without end must not fill the memory.
const MAX_PATHS = 10_000;

/** Counts the requests of each path since the server started. Beyond 10,000 paths, new ones stay at 1. */
export class AttemptCounter {
  readonly #attempts = new Map<string, number>();

  /** Counts one more request of `path` and returns which one it is, from 1. */
  next(path: string): number {
    const attempt = (this.#attempts.get(path) ?? 0) + 1;
    if (attempt > 1 || this.#attempts.size < MAX_PATHS) this.#attempts.set(path, attempt);
    return attempt;
  }
}
