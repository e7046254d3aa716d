import { describe, expect, test } from "@jest/globals";
import {
  asCompleted,
  BrokenExecutorError,
  CancelledError,
  type Future,
  wait,
} from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import "../support/future-identity.js";
import type { Workbench } from "./workbench.js";

export function describeCancel(bench: Workbench): void {
  const { subject } = bench;

  describe("cancel()", () => {
    test("[B2] [B14] of a running call answers false, and the call goes on", async () => {
      const { blocker, gate } = await bench.busyShared();
      expect(blocker.cancel()).toBe(false);
      expect(blocker.state).toBe("running");
      gate.open();
      expect(await blocker.result()).toBe(-1);
    });

    test("[B3] [B16] of a finished call answers false, and the outcome stays", async () => {
      const executor = bench.shared();
      const value = executor.submit(Tasks.power, 2, 2);
      const failure = executor.submit(Tasks.throwNamed, "Error", "failed");
      const error = await failure.exception();
      expect(await value.result()).toBe(4);
      for (const future of [value, failure]) {
        expect(future.cancel()).toBe(false);
        expect(future.cancelled()).toBe(false);
        expect(future.state).toBe("finished");
      }
      expect(value.outcome).toEqual({ status: "fulfilled", value: 4 });
      await expect(failure.result()).rejects.toBe(error);
    });

    // Where each call begins at once there is never one that waits, and so none to cancel.
    if (subject.queues) describeCancelOfWaiting(bench);
  });
}

function describeCancelOfWaiting(bench: Workbench): void {
  test("[B1] of a waiting call answers true, and it is cancelled and done", async () => {
    const { executor } = await bench.busyExecutor();
    const future = executor.submit(Tasks.power, 2, 2);
    expect(future.state).toBe("pending");
    expect(future.cancel()).toBe(true);
    expect(future.state).toBe("cancelled");
    expect(future.cancelled()).toBe(true);
    expect(future.done()).toBe(true);
    expect(executor.stats()).toMatchObject({ pending: 0, running: 1, cancelled: 1 });
  });

  test("[B4] [B5] [B11] runs the callbacks once, before it returns, who find the call cancelled", async () => {
    const { executor } = await bench.busyExecutor();
    const future = executor.submit(Tasks.power, 2, 2);
    const seen: boolean[] = [];
    future.addDoneCallback((one) => seen.push(one.cancelled()));
    expect(future.cancel()).toBe(true);
    expect(seen).toEqual([true]);
    expect(future.cancel()).toBe(true);
    expect(seen).toEqual([true]);
  });

  test("[B6] keeps the call from ever starting, and the others in their order", async () => {
    const { executor, gate } = await bench.busyExecutor();
    const log = bench.scratch.log();
    const futures = ["a", "b", "c", "d", "e"].map((text) =>
      executor.submit(Tasks.log, log.path, text),
    );
    for (const n of [0, 2, 4]) expect(futures[n]?.cancel()).toBe(true);
    gate.open();
    await executor.shutdown();
    expect(log.lines).toEqual(["b", "d"]);
  });

  test("[B7] reaches those who wait already", async () => {
    const { executor } = await bench.busyExecutor();
    const future = executor.submit(Tasks.power, 2, 2);
    const result = future.result();
    const exception = future.exception();
    future.cancel();
    await expect(result).rejects.toBeInstanceOf(CancelledError);
    await expect(exception).rejects.toBeInstanceOf(CancelledError);
  });

  test("[B8] wakes wait() and asCompleted() while the workers are still busy", async () => {
    const { executor, blocker } = await bench.busyExecutor();
    const future = executor.submit(Tasks.power, 2, 2);
    const waited = wait([blocker, future], { returnWhen: "FIRST_COMPLETED" });
    const next = asCompleted([blocker, future]).next();
    future.cancel();
    expect(await waited).toEqual({ done: new Set([future]), notDone: new Set([blocker]) });
    expect(await next).toEqual({ done: false, value: future });
    expect(blocker.running()).toBe(true);
  });

  test("[B9] by shutdown() wakes wait() and asCompleted() just so", async () => {
    const { executor, gate } = await bench.busyExecutor();
    const futures = [1, 2, 3].map((n) => executor.submit(Tasks.identity, n));
    await executor.shutdown({ wait: false, cancelFutures: true });
    const seen: Future<unknown>[] = [];
    for await (const future of asCompleted(futures)) seen.push(future);
    expect(seen).toEqual(futures);
    expect((await wait(futures)).done).toEqual(new Set(futures));
    gate.open();
  });

  test("[B10] works until the call really starts, also for the next in line", async () => {
    const executor = bench.executor(2);
    const gates = bench.scratch.gates(2);
    for (const gate of gates) executor.submit(Tasks.gated, gate.path, 0);
    for (const gate of gates) await gate.whenReached();
    const waiting = Array.from({ length: 6 }, (_, n) => executor.submit(Tasks.identity, n));
    expect(waiting.map((future) => future.state)).toEqual(Array(6).fill("pending"));
    expect(waiting.map((future) => future.cancel())).toEqual(Array(6).fill(true));
    expect(executor.stats()).toMatchObject({ running: 2, pending: 0, cancelled: 6 });
  });

  test("[B12] stands when the executor is ended by force afterwards", async () => {
    const { executor, blocker } = await bench.busyExecutor();
    const future = executor.submit(Tasks.power, 2, 2);
    future.cancel();
    const { outcome } = future;
    await executor.terminateWorkers();
    expect(await blocker.exception()).toBeInstanceOf(BrokenExecutorError);
    expect(future.state).toBe("cancelled");
    expect(future.outcome).toBe(outcome);
  });

  test("[B17] of ten thousand calls empties the queue, and the executor still works", async () => {
    const { executor, gate } = await bench.busyExecutor();
    const futures = Array.from({ length: 10_000 }, (_, n) => executor.submit(Tasks.identity, n));
    expect(executor.stats().pending).toBe(10_000);
    // Not in the order of the queue, as a queue that searches would be fast there.
    const [odd, even] = [1, 0].map((rest) => futures.filter((_, n) => n % 2 === rest));
    for (const future of [...(odd ?? []), ...(even ?? []).reverse()]) future.cancel();
    expect(futures.every((future) => future.cancelled())).toBe(true);
    expect(executor.stats()).toMatchObject({ pending: 0, cancelled: 10_000 });
    const after = executor.submit(Tasks.power, 2, 5);
    gate.open();
    expect(await after.result()).toBe(32);
  });
}
