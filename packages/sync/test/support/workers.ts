import { Worker } from "node:worker_threads";
import type { Guard } from "../../src/index.js";

/** What a test worker keeps: what it was given by name, and the guard that a function of the test has put there. */
type Kept<T> = T & { guard: Guard };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread that runs functions of a test. They may use their arguments only. */
export class TestWorker<T extends object> {
  readonly worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(things: T) {
    const file = new URL("../fixtures/workers.mjs", import.meta.url);
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

  run<A extends unknown[], R>(
    fn: (kept: Kept<T>, ...args: A) => R,
    ...args: A
  ): Promise<Awaited<R>> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        resolve: (value) => {
          resolve(value as Awaited<R>);
        },
        reject,
      });
      this.worker.postMessage({ id, text: fn.toString(), args });
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

const started: TestWorker<object>[] = [];

/** Makes a thread that has these things, and runs; `endWorkers()` ends it. */
export async function startWorker<T extends object>(things: T): Promise<TestWorker<T>> {
  const worker = new TestWorker(things);
  started.push(worker);
  await worker.run(() => undefined);
  return worker;
}

export async function endWorkers(): Promise<void> {
  await Promise.all(started.splice(0).map((worker) => worker.end()));
}
