import type { MessagePort } from "node:worker_threads";
import type { ToWorker } from "../shared/messages.js";
import type { WorkerCall } from "../worker-call.js";

/**
 * Finds out whose replies were in messages that could not be read, as a value in them is nested too deeply for the stack
 * of this thread. It asks the worker to say when it has posted all: calls that had ended before and have no reply then
 * were in the message.
 */
export class LostReplies {
  readonly #port: MessagePort;
  readonly #candidates: { calls: readonly WorkerCall[]; error: unknown }[] = [];

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** A message could not be read; these calls may have been in it. */
  note(calls: readonly WorkerCall[], error: unknown): void {
    this.#candidates.push({ calls, error });
    this.#port.postMessage({ kind: "sync" } satisfies ToWorker);
  }

  /** The worker has answered: those of the calls that are still with it will have no reply. */
  settle(): { calls: readonly WorkerCall[]; error: unknown } {
    return this.#candidates.shift() ?? { calls: [], error: undefined };
  }
}
