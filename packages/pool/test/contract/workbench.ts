import { afterEach, beforeEach } from "@jest/globals";
import type { Executor, Future } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import { type Gate, Scratch } from "../support/gate.js";
import { expectEnded, expectKeptIdle, keptExecutor } from "../support/kept-executors.js";
import type { Subject } from "./subject.js";

/** An executor whose only worker is taken by a call at a gate. */
export interface BusyExecutor {
  readonly executor: Executor;
  readonly blocker: Future<number>;
  readonly gate: Gate;
}

/** What a test needs to put executors to work; whatever it makes is gone after the test. */
export class Workbench {
  #scratch: Scratch | undefined;
  readonly #executors: Executor[] = [];

  constructor(readonly subject: Subject) {
    beforeEach(() => {
      this.#scratch = new Scratch();
    });
    afterEach(() => this.#clear());
  }

  /** The folder of the test's gates and logs. */
  get scratch(): Scratch {
    if (this.#scratch === undefined) throw new Error("there is a scratch folder in tests only");
    return this.#scratch;
  }

  executor(maxWorkers?: number, maxQueue?: number): Executor {
    const executor = this.subject.create(maxWorkers, maxQueue);
    this.#executors.push(executor);
    return executor;
  }

  /** Gives an executor that other tests have used and will use; see support/kept-executors.ts. */
  shared(maxWorkers = 1, maxQueue?: number): Executor {
    const { name } = this.subject;
    return keptExecutor(`${name} ${maxWorkers} ${maxQueue}`, () =>
      this.subject.create(maxWorkers, maxQueue),
    );
  }

  /**
   * Gives a shared executor that is at work, for tests that do not care whether others wait: where calls are known to
   * be short, some are sent ahead to a process, and nobody can take those back.
   */
  async busyShared(): Promise<BusyExecutor> {
    return this.#busy(this.shared());
  }

  /** Makes an executor that is at work: what is submitted to it waits, where calls wait at all. */
  async busyExecutor(maxQueue?: number): Promise<BusyExecutor> {
    return this.#busy(this.executor(1, maxQueue));
  }

  async #busy(executor: Executor): Promise<BusyExecutor> {
    const gate = this.scratch.gate();
    const blocker = executor.submit(Tasks.gated, gate.path, -1);
    await gate.whenReached();
    return { executor, blocker, gate };
  }

  async #clear(): Promise<void> {
    this.scratch.openGates();
    try {
      await Promise.all(this.#executors.splice(0).map((executor) => expectEnded(executor)));
      await expectKeptIdle();
    } finally {
      this.scratch[Symbol.dispose]();
      this.#scratch = undefined;
    }
  }
}
