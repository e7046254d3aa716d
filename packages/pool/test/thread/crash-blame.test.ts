import { describe, expect, test } from "@jest/globals";
import { WorkerCrashedError, type Future, type ThreadPoolExecutor } from "../../src/index.js";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { sharedCells, ThreadBench } from "../support/bench.js";

/** Makes a task known as a quick one, so that many calls of it are sent ahead. */
async function warmUp(executor: ThreadPoolExecutor): Promise<void> {
  const cells = sharedCells(400);
  for (let round = 0; round < 2; round += 1) {
    await Promise.all(
      Array.from({ length: 400 }, (_, n) => executor.run(Tasks.countObject, cells, n, false)),
    );
  }
  await executor.map(Tasks.count, Array(400).fill(cells), Array(400).fill(0)).toArray();
}

function failures(futures: readonly Future<unknown>[]): number[] {
  return futures.flatMap(({ outcome }, n) => (outcome?.status === "rejected" ? [n] : []));
}

describe("when a thread dies", () => {
  const bench = new ThreadBench();

  test.each([1, 2])(
    "[N22] [N23] calls sent ahead run exactly once, and only the deadly ones fail, on %d workers",
    async (maxWorkers) => {
      const executor = bench.executor({ maxWorkers });
      await warmUp(executor);
      const cells = sharedCells(600);
      const deadly = new Set([3, 150, 151, 420, 599]);
      const futures = Array.from({ length: 600 }, (_, n) =>
        executor.submit(Tasks.countObject, cells, n, deadly.has(n)),
      );
      await Promise.all(futures.map((future) => future.exception()));
      expect(failures(futures)).toEqual([...deadly]);
      expect([...cells]).toEqual(Array(600).fill(1));
      for (const n of deadly) {
        const error = await futures[n]?.exception();
        expect(error).toBeInstanceOf(WorkerCrashedError);
        expect(error).toMatchObject({ started: true });
      }
      expect(executor.stats()).toMatchObject({ failed: 5, pending: 0 });
    },
  );

  test("[N22] [N23] a second one after the first, calls keep their order", async () => {
    const executor = bench.executor();
    await warmUp(executor);
    const cells = sharedCells(1);
    const order: number[] = [];
    const futures = Array.from({ length: 200 }, (_, n) => {
      const future =
        n % 60 === 59
          ? executor.submit(Tasks.countThenExit, cells, 0, 0)
          : executor.submit(Tasks.count, cells, 0);
      future.addDoneCallback(() => order.push(n));
      return future;
    });
    await Promise.all(futures.map((future) => future.exception()));
    expect(failures(futures)).toEqual([59, 119, 179]);
    expect(cells[0]).toBe(200);
    const survivors = order.filter((n) => n % 60 !== 59);
    expect(survivors).toEqual([...survivors].sort((a, b) => a - b));
  });

  test("[N23] [P4] [O7] a call that no thread can receive fails after a few have died of it, and no other", async () => {
    const executor = bench.executor({
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
    });
    const before = executor.submit(Tasks.sameValue, "before");
    const huge = executor.submit(
      Tasks.keepArgument,
      Array.from({ length: 500_000 }, (_, n) => ({ n })),
    );
    const after = [1, 2, 3].map((n) => executor.submit(Tasks.sameValue, n));
    const error = await huge.exception();
    expect(error).toBeInstanceOf(WorkerCrashedError);
    expect(error).toMatchObject({
      started: "unknown",
      cause: expect.objectContaining({ code: "ERR_WORKER_OUT_OF_MEMORY" }),
    });
    expect(await before.result()).toBe("before");
    expect(await Promise.all(after.map((future) => future.result()))).toEqual([1, 2, 3]);
    expect(executor.stats()).toMatchObject({ completed: 4, failed: 1 });
  });

  test("[N23] [O7] calls that were sent along with such a one are not blamed for it", async () => {
    const executor = bench.executor({
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
    });
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 300 }, (_, n) => executor.run(Tasks.sameValue, [n])));
    }
    const huge = Array.from({ length: 300_000 }, (_, n) => ({ n }));
    const futures = Array.from({ length: 20 }, (_, n) =>
      executor.submit(Tasks.sameValue, n === 2 ? huge : [n]),
    );
    await Promise.all(futures.map((future) => future.exception()));
    expect(failures(futures)).toEqual([2]);
  });

  test("[N23] items of a map that were not begun are done by another thread, in place", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    await warmUp(executor);
    const cells = sharedCells(300);
    const items = Array.from({ length: 300 }, (_, n) => n);
    const results = executor.with({ chunkSize: 1 }).map(
      Tasks.countObject,
      items.map(() => cells),
      items,
      items.map((n) => n === 100),
    );
    const seen: unknown[] = [];
    for (let n = 0; n < 300; n += 1) {
      seen.push(
        await results.next().then(
          ({ value }) => value?.index,
          (error: unknown) => error,
        ),
      );
    }
    expect(seen[100]).toBeInstanceOf(WorkerCrashedError);
    expect(seen.filter((_, n) => n !== 100)).toEqual(items.filter((n) => n !== 100));
    expect([...cells]).toEqual(Array(300).fill(1));
  });
});
