import type { MessagePort } from "node:worker_threads";
import { serializationError } from "../../../codec/find-uncloneable.js";
import { isDone } from "../wire/slot-states.js";
import type { Slots } from "../../workers/slots.js";
import type { ToWorker } from "../wire/thread-messages.js";

/** Replies that will not come any more. */
export interface Lost {
  /** Of these calls, by their tickets. */
  readonly tickets: readonly number[];
  readonly error: unknown;
}

/**
 * Finds out whose replies were in messages that could not be read, as a value in them is nested too deeply for the stack
 * of this thread. It asks the worker to say when it has posted all: calls that had ended before and have no reply then
 * were in the message.
 */
export class LostReplies {
  readonly #port: MessagePort;
  readonly #state: Int32Array;
  readonly #slots: Slots;
  readonly #candidates: Lost[] = [];

  /** @param state - Of the slots, in shared memory. */
  constructor(port: MessagePort, state: Int32Array, slots: Slots) {
    this.#port = port;
    this.#state = state;
    this.#slots = slots;
  }

  /** A message could not be read: the replies of calls that have ended by now may have been in it. */
  note(error: unknown): void {
    const tickets: number[] = [];
    for (const { slot } of this.#slots) {
      const ticket = this.#slots.ticket(slot);
      if (isDone(this.#state, ticket)) tickets.push(ticket);
    }
    this.#candidates.push({ tickets, error });
    this.#port.postMessage({ kind: "sync" } satisfies ToWorker);
  }

  /** The worker has answered: those of the calls that are still with it will have no reply but this error. */
  settle(): Lost {
    const { tickets, error } = this.#candidates.shift() ?? { tickets: [], error: undefined };
    return { tickets, error: serializationError("result", undefined, "result", error) };
  }
}
