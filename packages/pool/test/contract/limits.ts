import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { CancelledError, TimeoutError } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import { countedSince } from "../support/kept-executors.js";
import type { Workbench } from "./workbench.js";

export function describeLimits(bench: Workbench): void {
  const { subject } = bench;

  describe("with({ signal })", () => {
    test("[G17] stops a call that runs, with the signal's reason as the cause", async () => {
      const executor = bench.shared();
      const gate = bench.scratch.gate();
      const controller = new AbortController();
      const bound = executor.with({ signal: controller.signal });
      const future = bound.submit(Tasks.obedient, gate.path);
      await gate.whenReached();
      const reason = new Error("the user left");
      controller.abort(reason);
      await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
      await expect(future.result()).rejects.toHaveProperty("cause", reason);
    });

    test("[G17] that has aborted already cancels the call before it begins", async () => {
      const executor = bench.executor();
      const log = bench.scratch.log();
      const reason = new Error("too late");
      const future = executor
        .with({ signal: AbortSignal.abort(reason) })
        .submit(Tasks.log, log.path, "begun");
      expect(future.state).toBe("cancelled");
      await expect(future.result()).rejects.toHaveProperty("cause", reason);
      expect(executor.stats()).toMatchObject({ pending: 0, running: 0, cancelled: 1 });
      await executor.shutdown();
      expect(log.lines).toEqual([]);
    });

    test("[G17] has no hold on calls that are done", async () => {
      const executor = bench.shared();
      const controller = new AbortController();
      const bound = executor.with({ signal: controller.signal });
      const value = bound.submit(Tasks.power, 2, 2);
      const failure = bound.submit(Tasks.throwNamed, "Error", "failed");
      await value.result();
      const error = await failure.exception();
      controller.abort();
      expect(value.outcome).toEqual({ status: "fulfilled", value: 4 });
      expect(failure.outcome).toEqual({ status: "rejected", reason: error });
    });

    test("[T10] is let go of by all its calls, however they end", async () => {
      const executor = bench.executor(1);
      const { signal } = new AbortController();
      const bound = executor.with({ signal });
      const gate = bench.scratch.gate();
      const futures = [
        bound.submit(Tasks.gated, gate.path, 1),
        ...Array.from({ length: 100 }, (_, n) => bound.submit(Tasks.identity, n)),
        bound.submit(Tasks.throwNamed, "Error", "failed"),
        bound.submit(Tasks.identity, "perhaps cancelled"),
      ];
      futures.at(-1)?.cancel();
      // One listener for all of them, as Node warns of a leak from the eleventh on.
      expect(getEventListeners(signal, "abort")).toHaveLength(1);
      gate.open();
      await executor.shutdown();
      expect(futures.every((future) => future.done())).toBe(true);
      expect(getEventListeners(signal, "abort")).toHaveLength(0);
    });

    // Where each call begins at once, none is waiting when the signal aborts.
    if (subject.queues) {
      test("[G17] cancels all its waiting calls at once, and no others", async () => {
        const { executor, gate } = await bench.busyExecutor();
        const controller = new AbortController();
        const bound = executor.with({ signal: controller.signal });
        const mine = [1, 2, 3].map((n) => bound.submit(Tasks.identity, n));
        const other = executor.submit(Tasks.identity, 4);
        controller.abort();
        expect(mine.map((future) => future.state)).toEqual(Array(3).fill("cancelled"));
        expect(other.state).toBe("pending");
        gate.open();
        expect(await other.result()).toBe(4);
      });
    }
  });

  describe("with({ timeoutMs })", () => {
    test("[G17] [R12] fails a call that runs longer, when it obeys", async () => {
      const executor = bench.shared();
      const counted = countedSince(executor);
      const bound = executor.with({ timeoutMs: 30, killAfterMs: Infinity, name: "slow" });
      const future = bound.submit(Tasks.obedient, bench.scratch.gate().path);
      const error = await future.exception();
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error).toMatchObject({ message: expect.stringMatching(/'slow'.* 30 ms/) });
      expect(future.cancelled()).toBe(false);
      expect(counted()).toMatchObject({ failed: 1, cancelled: 0 });
    });

    test("[G17] [R12] fails a call that runs longer and does not listen", async () => {
      const executor = bench.shared(1);
      const bound = executor.with({ timeoutMs: 30, killAfterMs: 20 });
      const future = bound.submit(Tasks.gated, bench.scratch.gate().path, 1);
      await expect(future.result()).rejects.toBeInstanceOf(TimeoutError);
      expect(await executor.run(Tasks.power, 2, 2)).toBe(4);
    });

    test("[X9] leaves the value of a call that ends with one in spite of it", async () => {
      const executor = bench.shared();
      const bound = executor.with({ timeoutMs: 30, killAfterMs: Infinity });
      expect(await bound.run(Tasks.stopWith, bench.scratch.gate().path, 7)).toBe(7);
    });

    test("[G17] leaves calls in peace that are faster", async () => {
      const executor = bench.shared();
      const bound = executor.with({ timeoutMs: 60_000 });
      expect(await bound.run(Tasks.delayed, 7, 5)).toBe(7);
      expect(await bound.submit(Tasks.throwNamed, "Error", "own").exception()).toMatchObject({
        message: "own",
      });
    });

    test.each([2 ** 31, Infinity])("[D13] of %d ms does not run out at once", async (timeoutMs) => {
      const executor = bench.shared();
      expect(await executor.with({ timeoutMs }).run(Tasks.delayed, 7, 30)).toBe(7);
    });

    // Where each call begins at once, none spends time in a queue.
    if (subject.queues) {
      test("[G17] does not count the time in the queue", async () => {
        const { executor, gate } = await bench.busyExecutor();
        const bound = executor.with({ timeoutMs: 20, killAfterMs: Infinity });
        const future = bound.submit(Tasks.obedient, bench.scratch.gate().path);
        // A limit that counted already would have run out before this one, which is set later.
        await sleep(40);
        expect(future.state).toBe("pending");
        gate.open();
        await expect(future.result()).rejects.toBeInstanceOf(TimeoutError);
      });
    }
  });
}
