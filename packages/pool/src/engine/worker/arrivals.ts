/** A call that has come and not begun. Its arguments are values, or bytes that may turn out to be unreadable. */
export interface Arrival {
  readonly slot: number;
  readonly code: number;
  readonly value: unknown;
  readonly isPayload: boolean;
  /** Whether the parent was told that it begins. */
  told: boolean;
  /** Why it shall not begin any more. */
  stopped: { reason: unknown } | undefined;
}

/** The calls that have come and not begun, in the order they came. */
export class Arrivals {
  #queue: Arrival[] = [];
  /** What lies before it has been taken: to move the rest up for every call would cost more than the calls. */
  #head = 0;

  get length(): number {
    return this.#queue.length - this.#head;
  }

  /** The one that is next; it stays. */
  get first(): Arrival | undefined {
    return this.#head < this.#queue.length ? this.#queue[this.#head] : undefined;
  }

  add(slot: number, code: number, value: unknown, isPayload: boolean): void {
    this.#queue.push({ slot, code, value, isPayload, told: false, stopped: undefined });
  }

  /** Takes the first away. */
  shift(): void {
    this.#head += 1;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    }
  }

  /** Lets the call for a slot not begin any more. It keeps its place, as the parent hears of its end in turn. */
  stop(slot: number, reason: unknown): void {
    for (let at = this.#head; at < this.#queue.length; at += 1) {
      const arrival = this.#queue[at];
      if (arrival?.slot === slot) arrival.stopped = { reason };
    }
  }
}
