import { Worker } from "node:worker_threads";
import type * as sync from "../../src/index.js";

/** What a thread of the crew keeps: what it was given by name, the package, and whatever functions put there. */
export interface Kept {
  sync: typeof sync;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test knows what it has given
  [name: string]: any;
}

/** A thread that runs functions of a test. They may use their arguments only. */
export class Hand {
  readonly worker: Worker;
  readonly #waiting = new Map<
    number,
    { resolve(value: unknown): void; reject(error: unknown): void }
  >();
  #lastId = 0;

  constructor(things: Record<string, object>) {
    const file = new URL("../fixtures/crew.mjs", import.meta.url);
    this.worker = new Worker(file, { workerData: { things } });
    this.worker.on("message", (message: { id: number; value?: unknown; error?: object }) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.value);
      else waiting?.reject(Object.assign(new Error(), message.error));
    });
    this.worker.on("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the thread is gone"));
    });
    this.worker.on("error", () => undefined);
  }

  run<A extends unknown[], R>(fn: (kept: Kept, ...args: A) => R, ...args: A): Promise<Awaited<R>> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.worker.postMessage({ id, text: fn.toString(), args });
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

const hired: Hand[] = [];

/** Makes a thread that has these things, and runs; `dismissAll()` ends it. */
export async function hire(things: Record<string, object>): Promise<Hand> {
  const hand = new Hand(things);
  hired.push(hand);
  await hand.run(() => undefined);
  return hand;
}

export async function dismissAll(): Promise<void> {
  await Promise.all(hired.splice(0).map((hand) => hand.end()));
}
