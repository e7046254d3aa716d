import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { ExecutorShutdownError, QueueFullError, type Future } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import type { Workbench } from "./workbench.js";

export function describeQueueLimit(bench: Workbench): void {
  describe("maxQueue", () => {
    test("submitWhenReady() gives a future at once where there is room", async () => {
      const executor = bench.shared(1);
      const future = await executor.submitWhenReady(Tasks.power, 2, 8);
      expect(await future.result()).toBe(256);
      const named = await executor.with({ bufferSize: 1 }).submitWhenReady(Tasks.power, 2, 4);
      expect(await named.result()).toBe(16);
    });

    test("submitWhenReady() throws at the call after shutdown()", async () => {
      const executor = bench.executor(1);
      await executor.shutdown();
      expect(() => executor.submitWhenReady(Tasks.power, 2, 8)).toThrow(ExecutorShutdownError);
    });

    if (bench.subject.queues) describeLimits(bench);
  });
}

function describeLimits(bench: Workbench): void {
  test.each([-1, NaN, Infinity, 2 ** 53])("%d is a RangeError", (maxQueue) => {
    expect(() => bench.executor(1, maxQueue)).toThrow(RangeError);
  });

  test.each([2.5, "2", null])("%p is a TypeError", (maxQueue) => {
    expect(() => bench.executor(1, maxQueue as number)).toThrow(TypeError);
  });

  test("so many calls may wait, and submit() and run() over it throw QueueFullError", async () => {
    const { executor, blocker, gate } = await bench.busyExecutor(2);
    const futures = [executor.submit(Tasks.power, 2, 1), executor.submit(Tasks.power, 2, 2)];
    expect(() => executor.submit(Tasks.power, 2, 3)).toThrow(QueueFullError);
    expect(() => executor.with({ priority: 9 }).submit(Tasks.power, 2, 3)).toThrow("maxQueue 2");
    expect(() => executor.run(Tasks.power, 2, 3)).toThrow(QueueFullError);
    expect(executor.stats()).toMatchObject({ pending: 2, running: 1 });
    gate.open();
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual([2, 4]);
    await blocker.result();
    expect(await executor.run(Tasks.power, 2, 3)).toBe(8);
  });

  test("0 takes as many calls as can run, though none has begun", async () => {
    const executor = bench.executor(2, 0);
    const futures = [executor.submit(Tasks.delayed, 1, 1), executor.submit(Tasks.delayed, 2, 1)];
    expect(() => executor.submit(Tasks.delayed, 3, 1)).toThrow(QueueFullError);
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual([1, 2]);
  });

  test("a cancelled call makes room at once", async () => {
    const { executor } = await bench.busyExecutor(1);
    const future = executor.submit(Tasks.power, 2, 1);
    expect(() => executor.submit(Tasks.power, 2, 2)).toThrow(QueueFullError);
    expect(future.cancel()).toBe(true);
    expect(() => executor.submit(Tasks.power, 2, 2)).not.toThrow();
  });

  test("those who wait come in the order of their calls, and nobody before them", async () => {
    const { executor, gate } = await bench.busyExecutor(1);
    const log = bench.scratch.log();
    executor.submit(Tasks.log, log.path, "0");
    const waiting = ["1", "2", "3"].map((text) =>
      executor.submitWhenReady(Tasks.log, log.path, text),
    );
    await expectPending(waiting);
    gate.open();
    const futures = await Promise.all(waiting);
    await Promise.all(futures.map((future) => future.result()));
    expect(log.lines).toEqual(["0", "1", "2", "3"]);
  });

  test("a cancelled call lets the first of those in that wait", async () => {
    const { executor } = await bench.busyExecutor(1);
    const queued = executor.submit(Tasks.power, 2, 1);
    const first = executor.submitWhenReady(Tasks.power, 2, 2);
    const second = executor.submitWhenReady(Tasks.power, 2, 3);
    queued.cancel();
    const future = await first;
    expect(future.state).toBe("pending");
    await expectPending([second]);
    future.cancel();
    expect((await second).cancel()).toBe(true);
  });

  test("a signal ends the waiting with its reason, and the next in line is not held up", async () => {
    const { executor } = await bench.busyExecutor(0);
    const controller = new AbortController();
    const { signal } = controller;
    const impatient = executor.with({ signal }).submitWhenReady(Tasks.power, 2, 1);
    const patient = executor.submitWhenReady(Tasks.power, 2, 2);
    controller.abort(new RangeError("enough"));
    await expect(impatient).rejects.toThrow(new RangeError("enough"));
    const late = executor.with({ signal }).submitWhenReady(Tasks.power, 2, 3);
    await expect(late).rejects.toThrow("enough");
    bench.scratch.openGates();
    expect(await (await patient).result()).toBe(4);
  });

  test("shutdown() refuses those who wait, and runs what was accepted", async () => {
    const { executor, gate } = await bench.busyExecutor(1);
    const queued = executor.submit(Tasks.power, 2, 1);
    const waiting = executor.submitWhenReady(Tasks.power, 2, 2);
    const refused = errorOf(waiting);
    const down = executor.shutdown();
    expect(await refused).toBeInstanceOf(ExecutorShutdownError);
    gate.open();
    await down;
    expect(await queued.result()).toBe(2);
  });

  test("terminateWorkers() refuses those who wait", async () => {
    const { executor } = await bench.busyExecutor(0);
    const refused = errorOf(executor.submitWhenReady(Tasks.power, 2, 2));
    await executor.terminateWorkers();
    expect(await refused).toBeInstanceOf(ExecutorShutdownError);
  });

  test("map() reads its input only as far as there is room, and gives all results", async () => {
    const { executor, gate } = await bench.busyExecutor(3);
    let read = 0;
    const input = function* (): Generator<number> {
      for (; read < 20; read += 1) yield read;
    };
    const results = executor.map(Tasks.identity, input());
    expect(read).toBeLessThanOrEqual(3);
    expect(executor.stats().pending).toBe(3);
    expect(() => executor.submit(Tasks.power, 2, 1)).toThrow(QueueFullError);
    gate.open();
    expect(await results.toArray()).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  test("map() of an async iterable keeps to it, too, and two maps take turns", async () => {
    const executor = bench.shared(1, 1);
    const input = async function* (): AsyncGenerator<number> {
      for (let n = 0; n < 20; n += 1) yield n;
    };
    const expected = Array.from({ length: 20 }, (_, n) => n);
    let most = 0;
    const watch = (): void => {
      const { pending, running } = executor.stats();
      most = Math.max(most, pending + running);
    };
    const maps = [
      executor.map(Tasks.identity, input()),
      executor.with({ ordered: false }).map(Tasks.identity, expected),
    ];
    const all = await Promise.all(
      maps.map(async (map) => {
        const values: unknown[] = [];
        for await (const value of map) {
          watch();
          values.push(value);
        }
        return values;
      }),
    );
    expect(all[0]).toEqual(expected);
    expect(all[1]?.sort((a, b) => Number(a) - Number(b))).toEqual(expected);
    expect(most).toBeLessThanOrEqual(2);
  });

  test("leaving a map() that waits gives its place to the next", async () => {
    const { executor, gate } = await bench.busyExecutor(0);
    const map = executor.map(Tasks.identity, [1, 2]);
    const next = executor.submitWhenReady(Tasks.power, 2, 3);
    await map.return();
    gate.open();
    expect(await (await next).result()).toBe(8);
    expect(await map.next()).toEqual({ done: true, value: undefined });
  });

  test("a map() that waits ends with the error when the executor is shut down", async () => {
    const { executor, gate } = await bench.busyExecutor(1);
    const map = executor.map(Tasks.identity, [1, 2, 3]);
    const down = executor.shutdown();
    gate.open();
    await down;
    expect(await map.next()).toEqual({ done: false, value: 1 });
    await expect(map.next()).rejects.toThrow(ExecutorShutdownError);
    expect((await map.next()).done).toBe(true);
  });
}

async function expectPending(promises: readonly Promise<Future<unknown>>[]): Promise<void> {
  await turn();
  const first = await Promise.race([...promises, Promise.resolve("nothing yet")]);
  expect(first).toBe("nothing yet");
}

/** Looks at once, so that a rejection is never unhandled. */
function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
