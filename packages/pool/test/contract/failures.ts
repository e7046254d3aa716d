import { describe, expect, test } from "@jest/globals";
import type { Future } from "../../src/index.js";
import * as Limits from "../fixtures/limit-tasks.mjs";
import * as Tasks from "../fixtures/tasks.mjs";
import { countedSince } from "../support/kept-executors.js";
import type { Workbench } from "./workbench.js";

/** What a task can throw that is no Error: by its name for the fixture, and as it must arrive. */
const ODD: readonly (readonly [Tasks.Odd, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["zero", 0],
  ["empty", ""],
  ["false", false],
  ["text", "text"],
];

function expectFailed(future: Future<unknown>, reason: unknown): void {
  expect(future.outcome).toEqual({ status: "rejected", reason });
  expect(future.state).toBe("finished");
  expect(future.cancelled()).toBe(false);
}

export function describeFailures(bench: Workbench): void {
  describe("a call that fails", () => {
    test.each(ODD)("[A11] [G7] with %s has failed none the less", async (kind, reason) => {
      const executor = bench.shared();
      for (const future of [
        executor.submit(Tasks.throwOdd, kind),
        executor.submit(Tasks.rejectOdd, kind),
      ]) {
        await expect(future.result()).rejects.toBe(reason);
        expect(await future.exception()).toBe(reason);
        expectFailed(future, reason);
      }
    });

    test("[G7] leaves the executor as it was", async () => {
      const executor = bench.shared(1);
      const counted = countedSince(executor);
      for (let n = 0; n < 20; n += 1) {
        await executor.submit(Tasks.throwNamed, "Error", "again").exception();
      }
      expect(await executor.run(Tasks.power, 2, 3)).toBe(8);
      expect(counted()).toMatchObject({ completed: 1, failed: 20, running: 0 });
    });

    test.each(["Error", "TypeError", "RangeError", "SyntaxError"])(
      "[Q1] [Q11] with a %s passes on its class, its message and its own properties",
      async (name) => {
        const executor = bench.shared();
        const error = await executor.submit(Tasks.throwNamed, name, "the message").exception();
        expect(error).toBeInstanceOf(Error);
        expect(error).toMatchObject({ name, message: "the message", code: "E_NAMED" });
      },
    );

    test("[Q3] [Q13] shows where in the task it failed", async () => {
      const executor = bench.shared();
      const error = await executor.submit(Tasks.throwNamed, "Error", "the message").exception();
      expect(error).toMatchObject({ stack: expect.stringContaining("tasks.mjs") });
    });

    test("[Q10] passes on the error's own cause", async () => {
      const executor = bench.shared();
      const error = await executor.submit(Tasks.throwCaused, "outer", "inner").exception();
      expect(error).toBeInstanceOf(TypeError);
      expect(error).toMatchObject({
        message: "outer",
        cause: expect.objectContaining({ name: "RangeError", message: "inner" }),
      });
    });

    test("[Q12] passes on all parts of an AggregateError", async () => {
      const executor = bench.shared();
      const error = await executor.submit(Tasks.throwAggregate, "all", "one", "two").exception();
      expect(error).toBeInstanceOf(AggregateError);
      expect(error).toMatchObject({
        message: "all",
        errors: [
          expect.objectContaining({ message: "one" }),
          expect.objectContaining({ message: "two" }),
        ],
      });
    });

    test("[D18] with a TimeoutError or CancelledError of its own has failed like any other", async () => {
      const executor = bench.shared();
      for (const [task, name] of [
        [Limits.throwTimeout, "TimeoutError"],
        [Limits.throwCancelled, "CancelledError"],
      ] as const) {
        const future = executor.submit(task, "by the task itself");
        const error = await future.exception();
        expect(error).toMatchObject({ name, message: "by the task itself" });
        expectFailed(future, error);
      }
    });

    test("[A6] gives the same error each time it is asked", async () => {
      const executor = bench.shared();
      const future = executor.submit(Tasks.throwNamed, "Error", "once");
      const error = await future.exception();
      await expect(future.result()).rejects.toBe(error);
      await expect(future.result()).rejects.toBe(error);
    });
  });
}
