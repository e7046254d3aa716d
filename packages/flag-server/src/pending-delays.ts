/** Holds replies back for a time. Each is either sent in the end or called off, never both. */
export class PendingDelays {
  readonly #pending = new Map<() => void, NodeJS.Timeout>();
  #over = false;

  /** Whether `sendAllNow()` was called. */
  get isOver(): boolean {
    return this.#over;
  }

  /**
   * Calls `send` after `delayMs` milliseconds, or at once after `sendAllNow()`.
   *
   * @returns A function that calls it off. It does nothing once the reply was sent.
   */
  hold(delayMs: number, send: () => void): () => void {
    const sendOnce = (): void => {
      if (this.#forget(sendOnce)) send();
    };
    this.#pending.set(sendOnce, setTimeout(sendOnce, delayMs));
    if (this.#over) sendOnce();
    return () => {
      this.#forget(sendOnce);
    };
  }

  /** Sends all that is held back, and from now on holds nothing. */
  sendAllNow(): void {
    this.#over = true;
    for (const sendOnce of [...this.#pending.keys()]) sendOnce();
  }

  #forget(sendOnce: () => void): boolean {
    clearTimeout(this.#pending.get(sendOnce));
    return this.#pending.delete(sendOnce);
  }
}
