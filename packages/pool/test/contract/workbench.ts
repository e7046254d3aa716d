import { afterEach, beforeEach, expect } from "@jest/globals";
import type { Executor, Future } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import { type Gate, Scratch } from "../support/gate.js";
import type { Subject } from "./subject.js";

/** How long calls may take to end after their gates were opened, in milliseconds. */
const LEFT_BEHIND_MS = 5_000;

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

  /** Makes an executor that is at work: what is submitted to it waits, where calls wait at all. */
  async busyExecutor(maxQueue?: number): Promise<BusyExecutor> {
    const executor = this.executor(1, maxQueue);
    const gate = this.scratch.gate();
    const blocker = executor.submit(Tasks.gated, gate.path, -1);
    await gate.whenReached();
    return { executor, blocker, gate };
  }

  async #clear(): Promise<void> {
    this.scratch.openGates();
    try {
      for (const executor of this.#executors.splice(0)) await expectEnded(executor);
    } finally {
      this.scratch[Symbol.dispose]();
      this.#scratch = undefined;
    }
  }
}

/** A test that leaves calls behind which nothing will ever end has forgotten something, or found something. */
async function expectEnded(executor: Executor): Promise<void> {
  const startedAt = performance.now();
  await executor.shutdown({ cancelFutures: true, timeoutMs: LEFT_BEHIND_MS });
  expect(performance.now() - startedAt).toBeLessThan(LEFT_BEHIND_MS);
  expect(executor.stats()).toMatchObject({ running: 0, pending: 0 });
}
