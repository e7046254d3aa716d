import { describe, expect, test } from "@jest/globals";
import {
  type Executor,
  ExecutorShutdownError,
  type Future,
  withExecutor,
} from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import type { Workbench } from "./workbench.js";

export function describeBlocks(bench: Workbench): void {
  const { subject } = bench;

  describe("await using", () => {
    test("[I10] [I13] waits at the end of the block, after which submit() refuses", async () => {
      const futures: Future<number>[] = [];
      let left: Executor;
      {
        await using executor = bench.executor(2);
        left = executor;
        for (const n of [1, 2, 3, 4]) futures.push(executor.submit(Tasks.delayed, n, 4 - n));
      }
      expect(futures.every((future) => future.done())).toBe(true);
      expect(await Promise.all(futures.map((future) => future.result()))).toEqual([1, 2, 3, 4]);
      expect(() => left.submit(Tasks.power, 2, 2)).toThrow(ExecutorShutdownError);
    });

    test("[I11] [I12] runs all that was accepted before it passes an error on", async () => {
      const error = new Error("of the body");
      const futures: Future<number>[] = [];
      const body = async (): Promise<void> => {
        await using executor = bench.executor(1);
        for (const n of [1, 2, 3]) futures.push(executor.submit(Tasks.delayed, n, 2));
        throw error;
      };
      await expect(body()).rejects.toBe(error);
      expect(futures.map((future) => future.outcome)).toEqual(
        [1, 2, 3].map((value) => ({ status: "fulfilled", value })),
      );
    });
  });

  describe("withExecutor()", () => {
    test("[I10] [I13] gives what the body returns, when all calls are done", async () => {
      const executor = bench.executor(2);
      const futures: Future<number>[] = [];
      const returned = await withExecutor(executor, (one) => {
        expect(one).toBe(executor);
        for (const n of [1, 2, 3]) futures.push(one.submit(Tasks.delayed, n, 2));
        return futures.length;
      });
      expect(returned).toBe(3);
      expect(futures.every((future) => future.done())).toBe(true);
      expect(() => executor.submit(Tasks.power, 2, 2)).toThrow(ExecutorShutdownError);
    });

    test("[I12] passes on the very error of the body, thrown or rejected", async () => {
      const error = new Error("of the body");
      const thrown = withExecutor(bench.executor(), () => {
        throw error;
      });
      await expect(thrown).rejects.toBe(error);
      const rejected = withExecutor(bench.executor(), async () => Promise.reject(error));
      await expect(rejected).rejects.toBe(error);
      await expect(withExecutor(bench.executor(), () => Promise.reject(0))).rejects.toBe(0);
    });

    test("[I11] waits for what runs when the body throws", async () => {
      const { executor, blocker, gate } = await bench.busyExecutor();
      const error = new Error("of the body");
      await expect(
        withExecutor(executor, () => {
          gate.open();
          throw error;
        }),
      ).rejects.toBe(error);
      expect(blocker.outcome).toEqual({ status: "fulfilled", value: -1 });
    });

    // Where each call begins at once, none is left to be cancelled.
    if (subject.queues) {
      test("[I11] cancels what has not begun when the body throws", async () => {
        const { executor, gate } = await bench.busyExecutor();
        const log = bench.scratch.log();
        const futures: Future<string>[] = [];
        const body = withExecutor(executor, async (one) => {
          for (const text of ["a", "b"]) futures.push(one.submit(Tasks.log, log.path, text));
          throw new Error("of the body");
        });
        gate.open();
        await expect(body).rejects.toThrow("of the body");
        expect(futures.map((future) => future.state)).toEqual(["cancelled", "cancelled"]);
        expect(log.lines).toEqual([]);
      });
    }
  });
}
