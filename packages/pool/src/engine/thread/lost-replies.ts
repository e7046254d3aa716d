import type { MessagePort } from "node:worker_threads";
import { serializationError } from "../../codec/find-uncloneable.js";
import type { ToWorker } from "../shared/messages.js";
import { SlotState } from "../shared/ring.js";
import type { Slots } from "../slots.js";
import type { WorkerCall } from "../worker-call.js";
import { Atomics } from "../../internal/platform.js";

/**
 * Finds out whose replies were in messages that could not be read, as a value in them is nested too deeply for the stack
 * of this thread. It asks the worker to say when it has posted all: calls that had ended before and have no reply then
 * were in the message.
 */
export class LostReplies {
  readonly #port: MessagePort;
  readonly #state: Int32Array;
  readonly #slots: Slots;
  readonly #candidates: { calls: readonly WorkerCall[]; error: unknown }[] = [];

  /** @param state - Of the slots, in shared memory. */
  constructor(port: MessagePort, state: Int32Array, slots: Slots) {
    this.#port = port;
    this.#state = state;
    this.#slots = slots;
  }

  /** A message could not be read: the replies of calls that have ended by now may have been in it. */
  note(error: unknown): void {
    const calls = [...this.#slots].filter(
      (call) => Atomics.load(this.#state, call.slot) === SlotState.Done,
    );
    this.#candidates.push({ calls, error });
    this.#port.postMessage({ kind: "sync" } satisfies ToWorker);
  }

  /** The worker has answered: those of the calls that are still with it will have no reply but this error. */
  settle(): { calls: readonly WorkerCall[]; error: unknown } {
    const { calls, error } = this.#candidates.shift() ?? { calls: [], error: undefined };
    return { calls, error: serializationError("result", undefined, "result", error) };
  }
}
