import { describe, expect, test } from "@jest/globals";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches } from "./bench.js";

describe.each(benches)("progress of a %s", (_kind, Bench) => {
  const bench = new Bench();

  test("[C11] comes in order, all of it, and before the result", async () => {
    const executor = bench.executor();
    const future = executor.submit(Tasks.reportBurst, 500);
    const seen: unknown[] = [];
    future.onProgress((value) => {
      expect(future.done()).toBe(false);
      seen.push(value);
    });
    expect(await future.result()).toBe(500);
    expect(seen).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });

  test("[C11] of several calls reaches each its own listeners", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const seen = [0, 1, 2, 3].map(async (n) => {
      const future = executor.submit(ContractTasks.reportAll, [n, n, n]);
      const values: unknown[] = [];
      future.onProgress((value) => values.push(value));
      await future.result();
      return values;
    });
    expect(await Promise.all(seen)).toEqual([0, 1, 2, 3].map((n) => [n, n, n]));
  });

  test("[O3] that cannot be sent throws in the task, and the call goes on", async () => {
    const executor = bench.executor();
    expect(await executor.run(Tasks.reportUnsendable)).toEqual({
      name: "SerializationError",
      message: "progress is a function, which cannot be sent from a worker",
    });
    expect(executor.stats()).toMatchObject({ completed: 1, failed: 0, pending: 0 });
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
  });
});
