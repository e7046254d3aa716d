import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect } from "@jest/globals";
import { ThreadPoolExecutor, type ThreadPoolExecutorOptions } from "../../src/index.js";
import { Scratch } from "../support/gate.js";

/** How long what a test leaves behind may take to end, in milliseconds. */
const LEFT_BEHIND_MS = 5_000;

/** Makes thread executors and gates; whatever it made is gone after the test, or the test fails. */
export class ThreadBench {
  #scratch: Scratch | undefined;
  readonly #executors: ThreadPoolExecutor[] = [];

  constructor() {
    beforeEach(() => {
      this.#scratch = new Scratch();
    });
    afterEach(() => this.#clear());
  }

  get scratch(): Scratch {
    if (this.#scratch === undefined) throw new Error("there is a scratch folder in tests only");
    return this.#scratch;
  }

  executor(options: ThreadPoolExecutorOptions = {}): ThreadPoolExecutor {
    const executor = new ThreadPoolExecutor({ maxWorkers: 1, ...options });
    this.#executors.push(executor);
    return executor;
  }

  async #clear(): Promise<void> {
    this.scratch.openGates();
    try {
      for (const executor of this.#executors.splice(0)) {
        await expectEnded(executor);
      }
    } finally {
      this.scratch[Symbol.dispose]();
      this.#scratch = undefined;
    }
  }
}

/** Counters that the threads and the test share. */
export function sharedCells(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}

/** Settles when a call of `waitFor` has begun: its first cell is 1 then. */
export async function whenBegun(cells: Int32Array): Promise<void> {
  while (Atomics.load(cells, 0) === 0) await sleep(1);
}

/** Lets a call of `waitFor` go on. */
export function letGo(cells: Int32Array): void {
  Atomics.store(cells, 1, 1);
  Atomics.notify(cells, 1);
}

/** A test that leaves calls behind which nothing will ever end has forgotten something, or found something. */
async function expectEnded(executor: ThreadPoolExecutor): Promise<void> {
  const startedAt = performance.now();
  await executor.shutdown({ cancelFutures: true, timeoutMs: LEFT_BEHIND_MS });
  expect(performance.now() - startedAt).toBeLessThan(LEFT_BEHIND_MS);
  expect(executor.stats()).toMatchObject({ workers: 0, pending: 0, running: 0 });
}
