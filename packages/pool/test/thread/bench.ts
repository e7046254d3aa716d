import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect } from "@jest/globals";
import {
  type Executor,
  ProcessPoolExecutor,
  type ProcessPoolExecutorOptions,
  ThreadPoolExecutor,
  type ThreadPoolExecutorOptions,
} from "../../src/index.js";
import { Scratch } from "../support/gate.js";

/** How long what a test leaves behind may take to end, in milliseconds. */
const LEFT_BEHIND_MS = 5_000;

/** Makes executors of one kind, and gates; whatever it made is gone after the test, or the test fails. */
abstract class PoolBench<E extends Executor, O> {
  #scratch: Scratch | undefined;
  readonly #executors: E[] = [];

  constructor() {
    beforeEach(() => {
      this.#scratch = new Scratch();
    });
    afterEach(() => this.#clear());
  }

  protected abstract create(options: O | undefined): E;

  get scratch(): Scratch {
    if (this.#scratch === undefined) throw new Error("there is a scratch folder in tests only");
    return this.#scratch;
  }

  executor(options?: O): E {
    const executor = this.create(options);
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

/** Makes thread executors; one worker each, unless told otherwise. */
export class ThreadBench extends PoolBench<ThreadPoolExecutor, ThreadPoolExecutorOptions> {
  static readonly Executor = ThreadPoolExecutor;

  protected override create(options: ThreadPoolExecutorOptions | undefined): ThreadPoolExecutor {
    return new ThreadPoolExecutor({ maxWorkers: 1, ...options });
  }
}

/** Makes process executors; one worker each, unless told otherwise. */
export class ProcessBench extends PoolBench<ProcessPoolExecutor, ProcessPoolExecutorOptions> {
  static readonly Executor = ProcessPoolExecutor;

  protected override create(options: ProcessPoolExecutorOptions | undefined): ProcessPoolExecutor {
    return new ProcessPoolExecutor({ maxWorkers: 1, ...options });
  }
}

/** The benches of suites that hold for threads and processes alike. */
export const benches = [
  ["thread", ThreadBench],
  ["process", ProcessBench],
] as const;

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
async function expectEnded(executor: Executor): Promise<void> {
  const startedAt = performance.now();
  await executor.shutdown({ cancelFutures: true, timeoutMs: LEFT_BEHIND_MS });
  expect(performance.now() - startedAt).toBeLessThan(LEFT_BEHIND_MS);
  expect(executor.stats()).toMatchObject({ workers: 0, pending: 0, running: 0 });
}
