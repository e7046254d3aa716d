/** Arguments that came in messages and whose calls have not been taken yet, in the order of the ring. */
export class Inbox {
  readonly #fill: () => void;
  #arguments: unknown[] = [];
  #head = 0;

  /** @param fill - Reads the messages that lie in the port. */
  constructor(fill: () => void) {
    this.#fill = fill;
  }

  add(message: unknown[]): void {
    if (this.#head === this.#arguments.length) {
      this.#arguments = message;
      this.#head = 0;
    } else {
      for (const one of message) this.#arguments.push(one);
    }
  }

  next(): unknown {
    if (this.#head === this.#arguments.length) {
      this.#arguments = [];
      this.#head = 0;
      this.#fill();
    }
    const next = this.#arguments[this.#head];
    // What has been taken must not be kept alive by what has not.
    this.#arguments[this.#head] = undefined;
    this.#head += 1;
    return next;
  }
}
