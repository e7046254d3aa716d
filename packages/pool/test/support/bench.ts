import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { afterEach, beforeEach } from "@jest/globals";
import {
  type Executor,
  ProcessPoolExecutor,
  type ProcessPoolExecutorOptions,
  ThreadPoolExecutor,
  type ThreadPoolExecutorOptions,
} from "../../src/index.js";
import { Scratch } from "./gate.js";
import { expectEnded, expectKeptIdle, keptExecutor } from "./kept-executors.js";

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

  protected abstract readonly kind: string;
  protected abstract create(options: O | undefined): E;
  protected abstract createFor(maxWorkers: number): E;

  get scratch(): Scratch {
    if (this.#scratch === undefined) throw new Error("there is a scratch folder in tests only");
    return this.#scratch;
  }

  executor(options?: O): E {
    const executor = this.create(options);
    this.#executors.push(executor);
    return executor;
  }

  /** Gives an executor that other tests have used and will use; see support/kept-executors.ts. */
  shared(maxWorkers = 1): E {
    return keptExecutor(`${this.kind} ${maxWorkers}`, () => this.createFor(maxWorkers));
  }

  /** The same for executors of one worker that have options; they are told apart by what `inspect` shows of them. */
  kept(options: O): E {
    const name = `${this.kind} ${inspect(options)}`;
    return keptExecutor(name, () => this.create(options));
  }

  async #clear(): Promise<void> {
    this.scratch.openGates();
    try {
      const executors = this.#executors.splice(0);
      await Promise.all(executors.map((executor) => expectEnded(executor, { workers: 0 })));
      await expectKeptIdle();
    } finally {
      this.scratch[Symbol.dispose]();
      this.#scratch = undefined;
    }
  }
}

/** Makes thread executors; one worker each, unless told otherwise. */
export class ThreadBench extends PoolBench<ThreadPoolExecutor, ThreadPoolExecutorOptions> {
  static readonly Executor = ThreadPoolExecutor;
  protected override readonly kind = "thread";

  protected override create(options: ThreadPoolExecutorOptions | undefined): ThreadPoolExecutor {
    return new ThreadPoolExecutor({ maxWorkers: 1, ...options });
  }

  protected override createFor(maxWorkers: number): ThreadPoolExecutor {
    return this.create({ maxWorkers });
  }
}

/** Makes process executors; one worker each, unless told otherwise. */
export class ProcessBench extends PoolBench<ProcessPoolExecutor, ProcessPoolExecutorOptions> {
  static readonly Executor = ProcessPoolExecutor;
  protected override readonly kind = "process";

  protected override create(options: ProcessPoolExecutorOptions | undefined): ProcessPoolExecutor {
    return new ProcessPoolExecutor({ maxWorkers: 1, ...options });
  }

  protected override createFor(maxWorkers: number): ProcessPoolExecutor {
    return this.create({ maxWorkers });
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
