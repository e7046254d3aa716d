const key = Symbol.for("@concur/pool.moves");

/** One table for the whole thread: a task may load the other copy (ESM or CommonJS) of this package. */
const shared = globalThis as { [key]?: WeakMap<object, readonly object[]> };

/** Notes which objects shall be moved when a value is sent. */
export function noteMove(value: object, transfer: readonly object[]): void {
  let moves = shared[key];
  if (moves === undefined) {
    moves = new WeakMap();
    shared[key] = moves;
  }
  moves.set(value, transfer);
}

/** Gives the objects to move with any of several values, if any were noted. */
export function movesOf(values: readonly unknown[]): readonly object[] | undefined {
  // Most threads never move anything, and need not look.
  if (shared[key] === undefined) return undefined;
  const moves = values.flatMap((value) => moveOf(value) ?? []);
  return moves.length === 0 ? undefined : moves;
}

/** Gives the objects to move with a value, if any were noted. */
export function moveOf(value: unknown): readonly object[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return shared[key]?.get(value);
}
