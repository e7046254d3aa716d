import { describe, expect, test } from "@jest/globals";
import { ExecutorShutdownError, wait } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import type { Workbench } from "./workbench.js";

export function describeCapacity(bench: Workbench): void {
  const { subject } = bench;

  describe("workers", () => {
    test("[L1] calls one after another are served by the same one", async () => {
      const executor = bench.executor(5);
      const ids = new Set<number>();
      for (let n = 0; n < 3; n += 1) {
        ids.add((await executor.run(Tasks.describeTask)).workerId);
        expect(executor.stats().workers).toBeLessThanOrEqual(1);
      }
      expect(ids.size).toBe(1);
    });

    test("broadcast() gives a value for each that is there", async () => {
      const executor = bench.executor(2);
      await executor.run(Tasks.power, 2, 2);
      expect(await executor.broadcast(Tasks.power, 2, 8)).toEqual([256]);
      await expect(executor.broadcast(Tasks.throwNamed, "Error", "failed")).rejects.toThrow(
        "failed",
      );
      await executor.shutdown();
      expect(() => executor.broadcast(Tasks.power, 2, 8)).toThrow(ExecutorShutdownError);
    });

    test("[T11] stats() forgets no call and keeps none that is done", async () => {
      const executor = bench.executor(2);
      const futures = [
        executor.submit(Tasks.power, 2, 2),
        executor.submit(Tasks.throwNamed, "Error", "failed"),
        executor.submit(Tasks.delayed, 1, 5),
        executor.submit(Tasks.rejectOdd, "undefined"),
        executor.with({ signal: AbortSignal.abort() }).submit(Tasks.power, 2, 2),
        executor.submit(Tasks.power, 2, 3),
      ];
      futures.at(-1)?.cancel();
      await wait(futures);
      const cancelled = futures.filter((future) => future.cancelled()).length;
      const { pending, running, ...rest } = executor.stats();
      expect([pending, running]).toEqual([0, 0]);
      expect(rest).toMatchObject({ failed: 2, cancelled, completed: 4 - cancelled });
    });

    // The other kinds have one worker, whatever they are told.
    if (subject.queues) describeLimits(bench);
  });
}

function describeLimits(bench: Workbench): void {
  test.each([0, -1, -100, NaN, Infinity, 2 ** 53])(
    "[K1] maxWorkers %d is a RangeError",
    (maxWorkers) => {
      expect(() => bench.executor(maxWorkers)).toThrow(RangeError);
    },
  );

  test.each([2.5, "2", true, null, 2n])("[K5] maxWorkers %p is a TypeError", (maxWorkers) => {
    expect(() => bench.executor(maxWorkers as number)).toThrow(TypeError);
  });

  test("[K6] as many calls run as there are workers, and no more", async () => {
    const executor = bench.executor(3);
    const gates = bench.scratch.gates(45);
    const futures = gates.map(({ path }, n) => executor.submit(Tasks.gated, path, n));
    for (const gate of gates.slice(0, 3)) await gate.whenReached();
    expect(executor.stats()).toMatchObject({ running: 3, busy: 3, pending: 42 });
    expect(gates.filter((gate) => gate.reached)).toHaveLength(3);
    for (const gate of gates) gate.open();
    await wait(futures);
    expect(executor.stats()).toMatchObject({ running: 0, pending: 0, completed: 45 });
  });

  test("[K7] no more workers are there than calls", async () => {
    const executor = bench.executor(5);
    expect(executor.stats().workers).toBe(0);
    const gates = bench.scratch.gates(3);
    for (const { path } of gates) executor.submit(Tasks.gated, path, 0);
    for (const gate of gates) await gate.whenReached();
    expect(executor.stats()).toMatchObject({ workers: 3, busy: 3, idle: 0 });
  });

  test("[K10] maxWorkers can be read", () => {
    expect(bench.executor(7).maxWorkers).toBe(7);
    expect(bench.executor().maxWorkers).toBeGreaterThanOrEqual(1);
  });

  test("[L2] a pattern of calls waited for and not needs few of them", async () => {
    const executor = bench.executor(4);
    await executor.run(Tasks.power, 12, 2);
    executor.submit(Tasks.power, 33, 2);
    await executor.run(Tasks.power, 25, 2);
    executor.submit(Tasks.power, 18, 2);
    await executor.run(Tasks.power, 7, 2);
    expect(executor.stats().workers).toBeLessThanOrEqual(3);
  });

  test("[L3] one that is idle is used before another is started", async () => {
    const executor = bench.executor(5);
    const [one, two, three] = bench.scratch.gates(3);
    const first = executor.submit(Tasks.gated, one?.path ?? "", 1);
    executor.submit(Tasks.gated, two?.path ?? "", 2);
    await one?.whenReached();
    await two?.whenReached();
    expect(executor.stats().workers).toBe(2);
    one?.open();
    await first.result();
    executor.submit(Tasks.gated, three?.path ?? "", 3);
    await three?.whenReached();
    expect(executor.stats()).toMatchObject({ workers: 2, running: 2 });
  });

  test("[L5] calls released step by step all get their turn", async () => {
    const executor = bench.executor(4);
    const gates = bench.scratch.gates(10);
    const futures = gates.map(({ path }, n) => executor.submit(Tasks.gated, path, n));
    for (const [n, gate] of gates.entries()) {
      await gate.whenReached();
      expect(executor.stats().running).toBeLessThanOrEqual(4);
      gate.open();
      expect(await futures[n]?.result()).toBe(n);
    }
  });
}
