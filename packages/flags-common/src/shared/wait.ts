/**
 * Waits, or stops waiting when the signal aborts.
 *
 * @param ms - From 0; less than a millisecond still gives way to other work.
 * @returns Whether the whole time passed.
 */
export function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve(true);
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** Thrown out of what was under way when the run was stopped. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

/** Waits for work that cannot be stopped, or no longer when the signal aborts: then it rejects with a StoppedError. */
export function untilStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(new StoppedError());
    };
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", onAbort);
    });
  });
}

/** Callers in a line: each waits until it is called up, in the order in which they came. */
export class WaitingLine {
  readonly #waiting = new Set<(calledUp: boolean) => void>();

  /** How many wait. */
  get length(): number {
    return this.#waiting.size;
  }

  /** Waits to be called up; `false` when the signal aborted first. */
  join(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const leave = (calledUp: boolean): void => {
        this.#waiting.delete(leave);
        signal.removeEventListener("abort", onAbort);
        resolve(calledUp);
      };
      const onAbort = (): void => {
        leave(false);
      };
      this.#waiting.add(leave);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Calls up the first one; `false` when nobody waits. */
  callNext(): boolean {
    const [first] = this.#waiting;
    first?.(true);
    return first !== undefined;
  }

  /** Calls up everybody who waits now. */
  callAll(): void {
    for (const leave of [...this.#waiting]) leave(true);
  }
}
