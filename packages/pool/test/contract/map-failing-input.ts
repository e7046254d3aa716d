import { describe, expect, test } from "@jest/globals";
import * as Tasks from "../fixtures/tasks.mjs";
import { journalOf } from "../support/journal.js";
import type { Workbench } from "./workbench.js";

export function describeMapOfFailingInput(bench: Workbench): void {
  const { subject } = bench;

  describe("map() over an input that throws", () => {
    const failing = function* (): Generator<number> {
      yield* [0, 1, 2];
      throw new Error("the input broke");
    };

    test("[H27] throws it from the call, and the executor goes on", async () => {
      const executor = bench.executor();
      let closed = false;
      const other = function* (): Generator<number> {
        try {
          for (;;) yield 1;
        } finally {
          closed = true;
        }
      };
      expect(() => executor.map(Tasks.sumOf, failing(), other())).toThrow("the input broke");
      expect(closed).toBe(true);
      expect(await executor.run(Tasks.power, 2, 2)).toBe(4);
      await executor.shutdown();
    });

    test.each([1, 2, 3])(
      "[H27] with a bufferSize of %d fails in the place of the next item",
      async (bufferSize) => {
        const executor = bench.shared();
        const results = executor.with({ bufferSize }).map(Tasks.identity, failing());
        expect(await journalOf(results)).toEqual([
          { value: 0 },
          { value: 1 },
          { value: 2 },
          { error: new Error("the input broke") },
        ]);
        expect(await executor.run(Tasks.power, 2, 2)).toBe(4);
      },
    );

    test("[H27] with ordered: false fails after all that was submitted", async () => {
      const executor = bench.shared(4);
      const gates = bench.scratch.gates(2);
      const paths = function* (): Generator<string> {
        yield* gates.map(({ path }) => path);
        throw new Error("the input broke");
      };
      const results = executor
        .with({ ordered: false, bufferSize: 5 })
        .map(Tasks.gated, paths(), [0, 1, 2]);
      gates[1]?.open();
      expect(await results.next()).toEqual({ done: false, value: 1 });
      const step = results.next();
      gates[0]?.open();
      expect(await step).toEqual({ done: false, value: 0 });
      await expect(results.next()).rejects.toThrow("the input broke");
      expect(await results.next()).toEqual({ done: true, value: undefined });
    });

    // Where each call begins at once, none is left to be cancelled.
    if (subject.queues) {
      test("[H27] cancels what it had submitted and what had not begun", async () => {
        const { executor, blocker, gate } = await bench.busyExecutor();
        expect(() => executor.map(Tasks.identity, failing())).toThrow("the input broke");
        expect(executor.stats()).toMatchObject({ pending: 0, running: 1, cancelled: 3 });
        gate.open();
        expect(await blocker.result()).toBe(-1);
      });
    }
  });
}
