import { describe, expect, test } from "@jest/globals";
import type { Future, Task } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import "../support/future-identity.js";
import type { Workbench } from "./workbench.js";

/** What is no task, as a caller without types may pass it. */
const NO_TASKS: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["a number", 42],
  ["the name of a task", "power"],
  ["an object", { call: () => 1 }],
  ["a promise", Promise.resolve(1)],
];

export function describeSubmit(bench: Workbench): void {
  const { subject } = bench;

  describe("submit()", () => {
    test("[G1] gives a future of what the call returns", async () => {
      const executor = bench.shared();
      expect(await executor.submit(Tasks.power, 2, 8).result()).toBe(256);
      expect(await executor.run(Tasks.power, 2, 10)).toBe(1024);
      const nothing: Future<unknown> = executor.submit(Tasks.nothing);
      expect(await nothing.result()).toBeUndefined();
    });

    test("[G2] passes all arguments in order, also those that look like options", async () => {
      const executor = bench.shared();
      const values = [1, "two", null, undefined, { timeoutMs: 1, signal: "none", name: "n" }, [6]];
      expect(await executor.run(Tasks.allOf, ...values)).toEqual(values);
      expect(await executor.run(Tasks.allOf)).toEqual([]);
    });

    test.each(NO_TASKS)("[G3] throws a TypeError at the call for %s as task", (_kind, value) => {
      const executor = bench.executor();
      const task = value as Task<[unknown], void>;
      expect(() => executor.submit(task, 1)).toThrow(TypeError);
      expect(() => executor.run(task, 1)).toThrow(TypeError);
      expect(() => executor.map(task, [])).toThrow(TypeError);
      expect(() => executor.with({ bufferSize: 1 }).map(task, [])).toThrow(TypeError);
      expect(executor.stats()).toMatchObject({ pending: 0, running: 0, failed: 0 });
    });

    test("[G4] leaves what the call makes of its arguments to the future", async () => {
      const executor = bench.shared();
      const future = executor.submit(Tasks.divmod, 7, 0);
      expect(await future.exception()).toEqual(new RangeError("division by zero"));
      expect(await executor.run(Tasks.divmod, 7, 2)).toEqual([3, 1]);
    });

    test("[G5] starts calls in the order of their submission", async () => {
      const { executor, gate } = await bench.busyShared();
      const log = bench.scratch.log();
      const texts = Array.from({ length: 50 }, (_, n) => `call ${n}`);
      const futures = texts.map((text) => executor.submit(Tasks.log, log.path, text));
      gate.open();
      for (const future of futures) await future.result();
      expect(log.lines).toEqual(texts);
    });

    test("[G6] returns at once, however much there is to do", async () => {
      const { executor, blocker, gate } = await bench.busyShared();
      const futures = Array.from({ length: 1000 }, (_, n) => executor.submit(Tasks.identity, n));
      // All in one stretch of synchronous code, in which nothing can have ended the first call.
      expect(blocker.running()).toBe(true);
      gate.open();
      const values = await Promise.all(futures.map((future) => future.result()));
      expect(values).toEqual(Array.from({ length: 1000 }, (_, n) => n));
    });

    test("[G10] gives the task the caller's own objects, or else copies of them", async () => {
      const executor = bench.shared();
      const mine = { touched: false };
      const returned = await executor.run(Tasks.touch, mine);
      expect(returned).toEqual({ touched: true });
      expect(mine.touched).toBe(subject.sharesMemory);
      expect(returned === mine).toBe(subject.sharesMemory);
    });

    test("[G16] awaits what an async task promises", async () => {
      const executor = bench.shared();
      const future = executor.submit(Tasks.delayed, 7, 5);
      expect(await future.result()).toBe(7);
      expect(future.outcome).toEqual({ status: "fulfilled", value: 7 });
    });

    test("[G18] gives each call a future of its own", async () => {
      const executor = bench.shared();
      const futures = Array.from({ length: 5 }, () => executor.submit(Tasks.power, 2, 2));
      expect(new Set(futures).size).toBe(5);
      expect(await Promise.all(futures.map((future) => future.result()))).toEqual([4, 4, 4, 4, 4]);
    });

    test("[A2] the future says running when the call has begun, and then finished", async () => {
      const { blocker, gate } = await bench.busyShared();
      expect(blocker.state).toBe("running");
      expect(blocker.outcome).toBeUndefined();
      gate.open();
      await blocker.result();
      expect(blocker.state).toBe("finished");
    });
  });
}
