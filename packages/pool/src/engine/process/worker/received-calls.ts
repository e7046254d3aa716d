import { firstIds, nextIn, slotOf, type CallId } from "../wire/call-id.js";
import { WireFault } from "../../shared/wire-fault.js";

/** A call that has come and not begun. Its arguments are values, or bytes that may turn out to be unreadable. */
export interface ReceivedCall {
  readonly id: CallId;
  readonly code: number;
  readonly value: unknown;
  readonly isPayload: boolean;
  /** Whether nobody can take it back any more. */
  claimed: boolean;
  /** Whether the parent was told that it begins. */
  told: boolean;
  /** Why it shall not begin any more. */
  stopped: { reason: unknown } | undefined;
}

/** The calls that have come and not begun, in the order they came. */
export class ReceivedCalls {
  #queue: ReceivedCall[] = [];
  /** What lies before it has been taken: to move the rest up for every call would cost more than the calls. */
  #head = 0;
  /** The last call that came for each slot. */
  readonly #last = firstIds();

  get length(): number {
    return this.#queue.length - this.#head;
  }

  /** The one that is next; it stays. */
  get first(): ReceivedCall | undefined {
    return this.#head < this.#queue.length ? this.#queue[this.#head] : undefined;
  }

  /** @throws {WireFault} For a call that is not the next one for its slot: something was lost, or came twice. */
  add(id: CallId, code: number, value: unknown, isPayload: boolean): void {
    const slot = slotOf(id);
    if (nextIn(this.#last[slot] ?? 0) !== id) {
      throw new WireFault("a call came that is not the next one for its slot");
    }
    this.#last[slot] = id;
    this.#queue.push({
      id,
      code,
      value,
      isPayload,
      claimed: false,
      told: false,
      stopped: undefined,
    });
  }

  /** Forgets all of them. */
  clear(): void {
    this.#queue = [];
    this.#head = 0;
  }

  /** Takes the first away. */
  shift(): void {
    this.#head += 1;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    }
  }

  /** Lets a call not begin any more. It keeps its place, as the parent hears of its end in turn. */
  stop(id: CallId, reason: unknown): void {
    for (let at = this.#head; at < this.#queue.length; at += 1) {
      const received = this.#queue[at];
      if (received?.id === id) received.stopped = { reason };
    }
  }
}
