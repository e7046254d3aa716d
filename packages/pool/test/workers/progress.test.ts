import { existsSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { countedSince } from "../support/kept-executors.js";
import { benches } from "../support/bench.js";

describe.each(benches)("progress of a %s", (_kind, Bench) => {
  const bench = new Bench();

  test("[C11] comes in order, all of it, and before the result", async () => {
    const executor = bench.shared();
    const future = executor.submit(Tasks.reportBurst, 500);
    const seen: unknown[] = [];
    future.onProgress((value) => {
      expect(future.done()).toBe(false);
      seen.push(value);
    });
    expect(await future.result()).toBe(500);
    expect(seen).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });

  test("[C11] of two hundred thousand steps arrives in order though the caller is busy", async () => {
    const executor = bench.shared();
    const end = bench.scratch.log();
    const future = executor.submit(Tasks.reportBurst, 200_000, end.path);
    let next = 0;
    let inOrder = true;
    let doneAt = -1;
    future.onProgress((step) => {
      inOrder &&= step === next;
      next += 1;
      // The worker comes to its end meanwhile.
      if (next === 100) while (!existsSync(end.path));
    });
    future.addDoneCallback(() => (doneAt = next));
    expect(await future.result()).toBe(200_000);
    expect([inOrder, doneAt]).toEqual([true, 200_000]);
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
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
    const executor = bench.shared();
    const counted = countedSince(executor);
    expect(await executor.run(Tasks.reportUnsendable)).toEqual({
      name: "SerializationError",
      message: "progress is a function, which cannot be sent from a worker",
    });
    expect(counted()).toMatchObject({ completed: 1, failed: 0, pending: 0 });
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
  });
});
