import { describe, expect, test } from "@jest/globals";
import {
  CancelledError,
  type ProcessPoolExecutorOptions,
  type ThreadPoolExecutorOptions,
} from "../../src/index.js";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches } from "../support/bench.js";

describe.each(benches)("maxTasksPerWorker of a %s", (_kind, Bench) => {
  const { Executor } = Bench;
  const bench = new Bench();

  test("[M1] [M13] of 3 gives the fourth call another worker, and there is one at a time", async () => {
    const executor = bench.executor({ maxTasksPerWorker: 3 });
    const workers: string[] = [];
    for (let n = 0; n < 4; n += 1) workers.push((await executor.run(Tasks.whereAmI)).worker);
    expect(new Set(workers.slice(0, 3)).size).toBe(1);
    expect(workers[3]).not.toBe(workers[2]);
    expect(executor.stats().workers).toBeLessThanOrEqual(2);
  });

  test.each([
    [1.5, TypeError],
    ["3", TypeError],
    [0, RangeError],
    [-1, RangeError],
  ])("[M2] of %p is refused", (maxTasksPerWorker, expected) => {
    const options = { maxTasksPerWorker } as ThreadPoolExecutorOptions & ProcessPoolExecutorOptions;
    expect(() => new Executor(options)).toThrow(expected);
  });

  test("[M5] of 1 does six calls on three workers, though the executor is shut down at once", async () => {
    const executor = bench.executor({ maxWorkers: 3, maxTasksPerWorker: 1 });
    const futures = [0, 1, 2, 3, 4, 5].map((n) => executor.submit(ContractTasks.power, n, 2));
    await executor.shutdown();
    expect(futures.map(({ outcome }) => outcome)).toEqual(
      [0, 1, 4, 9, 16, 25].map((value) => ({ status: "fulfilled", value })),
    );
  });

  test.each([
    [1, 2, 6],
    [2, 2, 8],
  ])("[M6] with %d workers of %d calls does %d of them", async (maxWorkers, most, calls) => {
    const executor = bench.executor({ maxWorkers, maxTasksPerWorker: most });
    const places = await Promise.all(
      Array.from({ length: calls }, () => executor.run(Tasks.whereAmI)),
    );
    const runs = new Map<string, number>();
    for (const { worker } of places) runs.set(worker, (runs.get(worker) ?? 0) + 1);
    expect([...runs.values()].every((count) => count <= most)).toBe(true);
    expect(runs.size).toBeGreaterThanOrEqual(calls / most);
  });

  test.each([2, 4])("[M7] of 1 ends with a call that fails, on %d workers", async (maxWorkers) => {
    const executor = bench.executor({ maxWorkers, maxTasksPerWorker: 1 });
    const good = executor.submit(ContractTasks.power, 2, 2);
    const bad = executor.submit(ContractTasks.throwNamed, "Error", "failed");
    await executor.shutdown({ wait: false });
    expect(await good.result()).toBe(4);
    expect(await bad.exception()).toHaveProperty("message", "failed");
    await executor.shutdown();
    expect(executor.stats().workers).toBe(0);
  });

  test("[M8] [I24] after shutdown() without waiting, workers are replaced until all is done", async () => {
    const executor = bench.executor({ maxTasksPerWorker: 1 });
    const gates = bench.scratch.gates(3);
    const futures = gates.map((gate) => executor.submit(Tasks.holdAt, gate.path));
    await executor.shutdown({ wait: false });
    for (const gate of gates) gate.open();
    const workers = await Promise.all(futures.map((future) => future.result()));
    expect(new Set(workers).size).toBe(3);
  });

  test("[M10] [R9] one at its end is not replaced once the executor is terminated", async () => {
    const executor = bench.executor({ maxTasksPerWorker: 1 });
    const gate = bench.scratch.gate();
    const last = executor.submit(Tasks.holdAt, gate.path);
    const waiting = executor.submit(Tasks.whereAmI);
    await gate.whenReached();
    gate.open();
    await executor.terminateWorkers();
    expect(last.done()).toBe(true);
    await expect(waiting.result()).rejects.toBeInstanceOf(CancelledError);
    expect(executor.stats()).toMatchObject({ workers: 0, cancelled: 1 });
  });

  test("[M12] the result of the last call is not lost, however large", async () => {
    const executor = bench.executor({ maxTasksPerWorker: 1 });
    for (let round = 0; round < 3; round += 1) {
      const bytes = await executor.run(Tasks.filled, 8 * 2 ** 20, round);
      expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual([8 * 2 ** 20, round, round]);
    }
  });

  test("[M12] [T13] nor are many small ones, and a call taken back does not count", async () => {
    const executor = bench.executor({ maxTasksPerWorker: 15 });
    const futures = Array.from({ length: 50 }, (_, n) => executor.submit(Tasks.sameValue, { n }));
    const taken = futures.filter((future, n) => n % 3 === 0 && future.cancel()).length;
    await executor.shutdown();
    const values = futures.filter((future) => !future.cancelled());
    expect(values).toHaveLength(50 - taken);
    for (const { outcome } of values) expect(outcome?.status).toBe("fulfilled");
  });

  test("[M1] counts the chunks of a map as Python counts them: one call each", async () => {
    const executor = bench.executor({ maxTasksPerWorker: 2 });
    const bound = executor.with({ chunkSize: 3 });
    const ids = await bound.map(ContractTasks.describeTask, ...[]).toArray();
    expect(ids).toEqual([]);
    const numbers = Array.from({ length: 12 }, (_, n) => n);
    const values = await bound.map(ContractTasks.power, numbers, numbers.fill(2, 6)).toArray();
    expect(values).toHaveLength(12);
    // Four chunks, two for each worker.
    expect(await executor.run(ContractTasks.describeTask)).toMatchObject({ workerId: 3 });
  });
});
