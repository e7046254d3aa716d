import { AsyncResource } from "node:async_hooks";
import { QueueFullError } from "../errors.js";
import { onAbort } from "./abort-hub.js";
import { Fifo } from "./fifo.js";
import { queueMicrotask } from "./platform.js";

/**
 * Keeps the calls of an executor within its `maxQueue`, and lets those wait who would rather wait than be refused:
 * first come, first served.
 */
export class Admission {
  readonly #maxQueue: number;
  readonly #workers: number;
  readonly #occupied: () => number;
  readonly #queue = new Fifo<() => void>();
  #scheduled = false;

  /**
   * @param maxQueue - How many calls may wait.
   * @param workers - How many run at a time: a call that need not wait takes no place in the queue.
   * @param occupied - Counts the calls that were accepted and are not done.
   */
  constructor(maxQueue: number, workers: number, occupied: () => number) {
    this.#maxQueue = maxQueue;
    this.#workers = workers;
    this.#occupied = occupied;
  }

  /** Whether a call may come in that has not waited: there is room, and nobody waits for it. */
  get open(): boolean {
    return this.#queue.size === 0 && this.#hasRoom();
  }

  /** @throws {QueueFullError} When a call may not come in. */
  assertOpen(): void {
    if (this.open) return;
    throw new QueueFullError(
      `the queue is full (maxQueue ${this.#maxQueue}): wait with submitWhenReady()`,
    );
  }

  /**
   * Calls `go`, in the async context of this call, when its turn has come.
   *
   * @returns How to leave the queue.
   */
  queue(go: () => void): () => void {
    const node = this.#queue.push(AsyncResource.bind(go));
    return () => {
      this.#queue.remove(node);
    };
  }

  /** Promises what `submit` returns, when its turn has come; rejects when `signal` aborts before. */
  enter<T>(submit: () => T, signal: AbortSignal | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      let release = (): void => undefined;
      const leave = this.queue(() => {
        release();
        try {
          resolve(submit());
        } catch (error) {
          reject(error);
        }
      });
      if (signal === undefined) return;
      release = onAbort(signal, (reason) => {
        leave();
        reject(reason);
      });
    });
  }

  /** Is told that a call has ended. Those who wait come in a microtask later, when it has settled. */
  freed(): void {
    if (this.#scheduled || this.#queue.size === 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      while (this.#hasRoom()) if (!this.#next()) return;
    });
  }

  /** Lets all go on, as the executor takes no more calls: each will be told so. */
  close(): void {
    while (this.#next());
  }

  #next(): boolean {
    const node = this.#queue.shift();
    node?.value();
    return node !== undefined;
  }

  #hasRoom(): boolean {
    return this.#occupied() < this.#workers + this.#maxQueue;
  }
}

/** The place in the queue of one who hands in many calls, such as a map: it takes a new one for each call that finds no room. */
export class Turn {
  readonly #admission: Admission | undefined;
  readonly #again: () => void;
  #mayPass = false;
  #leave: (() => void) | undefined;

  /** @param again - Called when the turn has come, after `take()` gave false. */
  constructor(admission: Admission | undefined, again: () => void) {
    this.#admission = admission;
    this.#again = again;
  }

  /** Says whether the next call may come in here and now; otherwise waits for its turn. */
  take(): boolean {
    if (this.#mayPass || this.#admission === undefined || this.#admission.open) {
      this.#mayPass = false;
      return true;
    }
    this.#leave ??= this.#admission.queue(() => {
      this.#leave = undefined;
      this.#mayPass = true;
      this.#again();
    });
    return false;
  }

  /** Leaves the queue for good. */
  leave(): void {
    this.#leave?.();
    this.#leave = undefined;
  }
}
