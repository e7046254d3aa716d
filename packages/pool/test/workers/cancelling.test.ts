import { setImmediate as turn } from "node:timers/promises";
import { isMainThread } from "node:worker_threads";
import { describe, expect, test } from "@jest/globals";
import type { Future, ThreadPoolExecutor } from "../../src/index.js";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches, letGo, sharedCells, ThreadBench, whenBegun } from "../support/bench.js";

/** The same choices in each run of a test: a linear congruential generator. */
function chooser(seed: number): (choices: number) => number {
  let state = seed;
  return (choices) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * choices);
  };
}

async function warmUp(executor: ThreadPoolExecutor): Promise<void> {
  const cells = sharedCells(1);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(Array.from({ length: 500 }, () => executor.run(Tasks.count, cells, 0)));
  }
}

/** Cancels a hundred calls that cannot have begun, so that whatever the others did some are cancelled. */
async function cancelBehindBlockers(
  executor: ThreadPoolExecutor,
  workers: number,
): Promise<number> {
  const gates = Array.from({ length: workers }, () => sharedCells(2));
  const first = executor.with({ priority: 1 });
  const blockers = gates.map((gate) => first.submit(Tasks.waitFor, gate));
  for (const gate of gates) await whenBegun(gate);
  const cells = sharedCells(1);
  const behind = Array.from({ length: 100 }, () => executor.submit(Tasks.count, cells, 0));
  const cancelled = behind.filter((future) => future.cancel()).length;
  gates.forEach(letGo);
  await Promise.all(blockers.map((future) => future.result()));
  expect(cells[0]).toBe(0);
  return cancelled;
}

describe("cancel()", () => {
  const bench = new ThreadBench();

  test.each([
    [1, 1],
    [2, 2],
    [3, 2],
  ])(
    "[B6] [B10] is exact for calls that were sent ahead: each runs once or is cancelled (run %d, %d workers)",
    async (seed, maxWorkers) => {
      const executor = bench.executor({ maxWorkers });
      await warmUp(executor);
      const choose = chooser(seed);
      const cells = sharedCells(4000);
      const futures: Future<number>[] = [];
      let cancelled = 0;
      for (let n = 0; n < 4000; n += 1) {
        if (n === 2000) cancelled += await cancelBehindBlockers(executor, maxWorkers);
        futures.push(executor.submit(Tasks.count, cells, n));
        if (choose(200) === 0) await turn();
        if (choose(3) === 0 && futures[choose(n + 1)]?.cancel() === true) cancelled += 1;
      }
      for (let n = 0; n < 500; n += 1) futures[choose(4000)]?.cancel();
      await Promise.all(futures.map((future) => future.result().catch(() => undefined)));
      for (const [n, future] of futures.entries()) {
        expect([n, cells[n]]).toEqual([n, future.cancelled() ? 0 : 1]);
      }
      expect(cancelled).toBeGreaterThan(0);
      const { completed, cancelled: counted } = executor.stats();
      expect(completed + counted).toBe(4000 + 1500 + maxWorkers + 100);
    },
  );

  test("[B6] [B10] of what waits behind a call that blocks its thread succeeds always", async () => {
    const executor = bench.executor();
    await warmUp(executor);
    const gate = sharedCells(2);
    const cells = sharedCells(1);
    const blocker = executor.submit(Tasks.waitFor, gate);
    await whenBegun(gate);
    const futures = Array.from({ length: 2000 }, () => executor.submit(Tasks.count, cells, 0));
    expect(blocker.cancel()).toBe(false);
    await turn();
    expect(futures.every((future) => future.cancel())).toBe(true);
    expect(executor.stats()).toMatchObject({ pending: 0, running: 1, cancelled: 2000 });
    letGo(gate);
    await blocker.result();
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
    expect(cells[0]).toBe(0);
  });

  test("[B17] frees the places of the calls, again and again", async () => {
    const executor = bench.executor();
    await warmUp(executor);
    for (let round = 0; round < 5; round += 1) {
      const cells = sharedCells(1);
      const futures = Array.from({ length: 3000 }, (_, n) =>
        executor.submit(Tasks.countObject, cells, 0, n < 0),
      );
      await turn();
      const cancelled = futures.filter((future) => future.cancel()).length;
      await Promise.all(futures.map((future) => future.result().catch(() => undefined)));
      expect(cells[0]).toBe(3000 - cancelled);
    }
    expect(executor.stats()).toMatchObject({ pending: 0, running: 0, failed: 0 });
  });

  test("[I8] shutdown({ cancelFutures }) lets each call run once or not at all", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    await warmUp(executor);
    const cells = sharedCells(2000);
    const futures = Array.from({ length: 2000 }, (_, n) => executor.submit(Tasks.count, cells, n));
    await futures[0]?.result();
    await executor.shutdown({ cancelFutures: true });
    for (const [n, future] of futures.entries()) {
      expect([n, future.done(), cells[n]]).toEqual([n, true, future.cancelled() ? 0 : 1]);
    }
  });
});

describe.each(benches)("done-callbacks of a %s", (_kind, Bench) => {
  const bench = new Bench();

  test("[C11] run in the thread that owns the executor, in order of completion", async () => {
    const executor = bench.shared();
    const seen: unknown[] = [];
    const futures = [1, 2, 3].map((n) => executor.submit(Tasks.sameValue, n));
    for (const future of futures) {
      future.addDoneCallback(({ outcome }) => {
        seen.push(isMainThread, outcome?.status === "fulfilled" ? outcome.value : outcome);
      });
    }
    await Promise.all(futures.map((future) => future.result()));
    expect(seen).toEqual([isMainThread, 1, isMainThread, 2, isMainThread, 3]);
  });

  test("[C11] may submit, cancel and shut down", async () => {
    const executor = bench.executor();
    const inner: Promise<unknown>[] = [];
    const first = executor.submit(Tasks.sameValue, 1);
    const second = executor.submit(Tasks.holdAt, bench.scratch.gate().path);
    first.addDoneCallback(() => {
      second.cancel();
      inner.push(executor.run(Tasks.sameValue, 2));
      void executor.shutdown({ wait: false });
    });
    await first.result();
    expect(second.cancelled()).toBe(true);
    expect(await Promise.all(inner)).toEqual([2]);
    await executor.shutdown();
  });
});
