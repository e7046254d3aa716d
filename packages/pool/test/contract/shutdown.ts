import { describe, expect, test } from "@jest/globals";
import {
  asCompleted,
  BrokenExecutorError,
  CancelledError,
  type Executor,
  ExecutorShutdownError,
  type Future,
  wait,
} from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import "../support/future-identity.js";
import { rounds } from "../support/rounds.js";
import { settlesAtOnce } from "../support/soon.js";
import type { Workbench } from "./workbench.js";

function expectRefusal(executor: Executor): void {
  const submitter = executor.with({ name: "bound before" });
  for (const one of [executor, submitter]) {
    expect(() => one.submit(Tasks.power, 2, 2)).toThrow(ExecutorShutdownError);
    expect(() => one.submit(Tasks.power, 2, 2)).toThrow("cannot schedule new futures");
    expect(() => one.run(Tasks.power, 2, 2)).toThrow(ExecutorShutdownError);
    expect(() => one.map(Tasks.power, [2], [2])).toThrow(ExecutorShutdownError);
  }
  expect(() => executor.warmUp()).toThrow(ExecutorShutdownError);
}

export function describeShutdown(bench: Workbench): void {
  const { subject } = bench;

  describe("shutdown()", () => {
    test("[I1] makes submit(), run() and map() throw at the call", async () => {
      const executor = bench.executor();
      const ending = executor.shutdown();
      expectRefusal(executor);
      await ending;
      expectRefusal(executor);
    });

    test("[I1] refuses also while accepted calls still run", async () => {
      const { executor, blocker, gate } = await bench.busyExecutor();
      await executor.shutdown({ wait: false });
      expectRefusal(executor);
      gate.open();
      expect(await blocker.result()).toBe(-1);
    });

    test("[I2] may be called again and again, with other options", async () => {
      const executor = bench.executor();
      const future = executor.submit(Tasks.delayed, 7, 5);
      await executor.shutdown({ wait: false });
      await executor.shutdown();
      await executor.shutdown({ wait: false, cancelFutures: true });
      await executor.shutdown({ timeoutMs: 1 });
      await executor[Symbol.asyncDispose]();
      expect(await future.result()).toBe(7);
    });

    test("[I3] waits until all calls are done and the workers are gone", async () => {
      const executor = bench.executor(2);
      const futures = [9, 6, 3, 1].map((ms, n) => executor.submit(Tasks.delayed, n, ms));
      await executor.shutdown();
      expect(futures.map((future) => future.outcome)).toEqual(
        [0, 1, 2, 3].map((value) => ({ status: "fulfilled", value })),
      );
      expect(executor.stats()).toMatchObject({ workers: 0, pending: 0, running: 0, completed: 4 });
    });

    test("[I4] with wait: false returns at once, and all calls are still done", async () => {
      const { executor, blocker, gate } = await bench.busyExecutor();
      const futures = [1, 2, 3].map((n) => executor.submit(Tasks.identity, n));
      expect(await settlesAtOnce(executor.shutdown({ wait: false }))).toBe(true);
      expect(blocker.running()).toBe(true);
      gate.open();
      expect(await Promise.all(futures.map((future) => future.result()))).toEqual([1, 2, 3]);
      expect(await blocker.result()).toBe(-1);
    });

    test("[I5] waits for fifty waiting calls", async () => {
      const executor = bench.executor(2);
      const futures = Array.from({ length: 50 }, (_, n) => executor.submit(Tasks.delayed, n, 2));
      await executor.shutdown();
      expect(futures.every((future) => future.done())).toBe(true);
      expect(executor.stats()).toMatchObject({ completed: 50 });
    });

    test("[I7] [I8] with cancelFutures still waits for what runs", async () => {
      const { executor, blocker, gate } = await bench.busyExecutor();
      const ending = executor.shutdown({ cancelFutures: true });
      expect(await settlesAtOnce(ending)).toBe(false);
      expect(blocker.state).toBe("running");
      gate.open();
      await ending;
      expect(blocker.outcome).toEqual({ status: "fulfilled", value: -1 });
    });

    test("[I14] of an executor that was never used returns at once, without a worker", async () => {
      const executor = bench.executor();
      expect(executor.stats()).toMatchObject({ workers: 0 });
      expect(await settlesAtOnce(executor.shutdown())).toBe(true);
      expect(executor.stats()).toEqual({
        workers: 0,
        idle: 0,
        busy: 0,
        pending: 0,
        running: 0,
        completed: 0,
        failed: 0,
        cancelled: 0,
      });
    });

    test("[I23] may be called by a done-callback", async () => {
      const executor = bench.executor(1);
      const first = executor.submit(Tasks.delayed, 1, 2);
      const second = executor.submit(Tasks.delayed, 2, 2);
      let ending: Promise<void> | undefined;
      first.addDoneCallback(() => (ending = executor.shutdown()));
      expect(await second.result()).toBe(2);
      await first.result();
      await ending;
      expectRefusal(executor);
    });

    test("[I28] right after a submit neither hangs nor loses the call", async () => {
      for (let round = 0; round < rounds(3); round += 1) {
        const executor = bench.executor(2);
        const future = executor.submit(Tasks.identity, round);
        await executor.shutdown();
        expect(future.outcome).toEqual({ status: "fulfilled", value: round });
      }
    });

    test("[I29] called twice returns to both callers", async () => {
      const { executor, gate } = await bench.busyExecutor();
      const endings = [executor.shutdown(), executor.shutdown(), executor.shutdown()];
      for (const ending of endings) expect(await settlesAtOnce(ending)).toBe(false);
      gate.open();
      await Promise.all(endings);
      expect(executor.stats()).toMatchObject({ running: 0, completed: 1 });
    });

    test("[I30] leaves the outcomes readable, for wait() and asCompleted() too", async () => {
      const executor = bench.executor();
      const value = executor.submit(Tasks.power, 2, 2);
      const failure = executor.submit(Tasks.throwNamed, "Error", "failed");
      await executor.shutdown();
      expect(await value.result()).toBe(4);
      await expect(failure.result()).rejects.toThrow("failed");
      expect(await wait([value, failure])).toEqual({
        done: new Set([value, failure]),
        notDone: new Set(),
      });
      const seen: Future<unknown>[] = [];
      for await (const future of asCompleted([value, failure])) seen.push(future);
      expect(seen).toEqual([value, failure]);
    });

    test("[X16] with timeoutMs ends by force what runs longer", async () => {
      const { executor, blocker } = await bench.busyExecutor();
      const waiting = executor.submit(Tasks.gated, bench.scratch.gate().path, 1);
      await executor.shutdown({ timeoutMs: 30 });
      expect(await blocker.exception()).toBeInstanceOf(BrokenExecutorError);
      // It waits where calls wait, and runs where they do not.
      const ended = subject.queues ? CancelledError : BrokenExecutorError;
      await expect(waiting.result()).rejects.toBeInstanceOf(ended);
      expect(executor.stats()).toMatchObject({ running: 0, pending: 0 });
    });

    test("[X16] with timeoutMs leaves in peace what ends in time", async () => {
      const { executor, blocker, gate } = await bench.busyExecutor();
      const ending = executor.shutdown({ timeoutMs: 60_000 });
      gate.open();
      await ending;
      expect(blocker.outcome).toEqual({ status: "fulfilled", value: -1 });
    });

    test.each([
      [{ waiting: true }, TypeError],
      [{ timeoutMs: "5" }, TypeError],
      [{ timeoutMs: NaN }, RangeError],
      [{ timeoutMs: -1 }, RangeError],
      [null, TypeError],
    ])("[I2] throws at the call for %p, and goes on as before", async (options, error) => {
      const executor = bench.shared();
      expect(() => executor.shutdown(options as object)).toThrow(error);
      expect(await executor.run(Tasks.power, 2, 2)).toBe(4);
    });

    // Where each call begins at once, none is left to be cancelled.
    if (subject.queues) describeCancelAtShutdown(bench);
  });
}

function describeCancelAtShutdown(bench: Workbench): void {
  test("[I6] [I7] [I8] with cancelFutures cancels all that has not begun, and only that", async () => {
    const executor = bench.executor(3);
    const gates = bench.scratch.gates(50);
    const futures = gates.map(({ path }, n) => executor.submit(Tasks.gated, path, n));
    for (const gate of gates.slice(0, 3)) await gate.whenReached();
    const ending = executor.shutdown({ cancelFutures: true });
    expect(futures.filter((future) => future.cancelled())).toEqual(futures.slice(3));
    expect(futures.filter((future) => future.running())).toEqual(futures.slice(0, 3));
    for (const gate of gates) gate.open();
    await ending;
    expect(executor.stats()).toMatchObject({ completed: 3, cancelled: 47, failed: 0 });
    expect(gates.filter((gate) => gate.reached)).toHaveLength(3);
  });

  test("[I6] with cancelFutures after a shutdown without it cancels then", async () => {
    const { executor, gate } = await bench.busyExecutor();
    const future = executor.submit(Tasks.power, 2, 2);
    const ending = executor.shutdown();
    expect(future.state).toBe("pending");
    await executor.shutdown({ wait: false, cancelFutures: true });
    expect(future.state).toBe("cancelled");
    gate.open();
    await ending;
  });

  test("[I18] does not hang when the call before it was cancelled", async () => {
    const executor = bench.executor(1);
    executor.submit(Tasks.power, 2, 2).cancel();
    await executor.shutdown();
    expect(executor.stats()).toMatchObject({ pending: 0, running: 0 });
  });

  test("[I29] waits for the last call also when that is cancelled meanwhile", async () => {
    const { executor, blocker, gate } = await bench.busyExecutor();
    const future = executor.submit(Tasks.power, 2, 2);
    const ending = executor.shutdown();
    gate.open();
    blocker.addDoneCallback(() => future.cancel());
    await ending;
    expect(future.cancelled()).toBe(true);
  });
}
