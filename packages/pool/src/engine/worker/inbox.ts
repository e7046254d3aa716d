import { RecordReader } from "../shared/records.js";

/** Arguments that came in messages and whose calls have not been taken yet, in the order of the ring. */
export class Inbox {
  readonly #fill: () => void;
  #arguments: unknown[] = [];
  #head = 0;
  readonly #records = new RecordReader();

  /** @param fill - Reads the messages that lie in the port. */
  constructor(fill: () => void) {
    this.#fill = fill;
  }

  add(message: unknown[]): void {
    if (this.#head === this.#arguments.length) {
      this.#arguments = message;
      this.#head = 0;
    } else {
      message.forEach(this.#append);
    }
  }

  readonly #append = (one: unknown): void => {
    this.#arguments.push(one);
  };

  next(): unknown {
    this.#need();
    const next = this.#arguments[this.#head];
    this.#skipTo(this.#head + 1);
    return next;
  }

  nextRecord(): object {
    this.#need();
    const record = this.#records.read(this.#arguments, this.#head);
    this.#skipTo(this.#records.end);
    return record;
  }

  #need(): void {
    if (this.#head < this.#arguments.length) return;
    this.#arguments = [];
    this.#head = 0;
    this.#fill();
  }

  #skipTo(end: number): void {
    // What has been taken must not be kept alive by what has not.
    for (; this.#head < end; this.#head += 1) this.#arguments[this.#head] = undefined;
  }
}
