import { describe, expect, test } from "@jest/globals";
import { inlineTask, QueueFullError, SerializationError } from "../../src/index.js";
import { sameValue } from "../fixtures/thread-tasks.mjs";
import { printed, runProgram } from "../support/run-program.js";
import { letGo, sharedCells, ThreadBench, whenBegun } from "../support/bench.js";
import { waitFor } from "../fixtures/thread-tasks.mjs";

describe("a call for a thread that has nothing to do", () => {
  const bench = new ThreadBench();

  test("begins although its caller goes on without an end of its turn", async () => {
    expect(await runProgram("thread/busy-caller.mjs")).toEqual(
      printed("first: 1, running", "second: 1, running"),
    );
  }, 30_000);

  test("that cannot be sent fails after submit() has returned, with its place in the queue", async () => {
    const executor = bench.executor();
    await executor.run(sameValue, 1);
    const bad = executor.submit(sameValue, () => 1);
    const good = executor.submit(sameValue, 2);
    expect(bad.done()).toBe(false);
    expect(await bad.exception()).toBeInstanceOf(SerializationError);
    expect(await good.result()).toBe(2);
  });

  test("of a higher priority comes first when there is none that is free", async () => {
    const executor = bench.executor();
    const cells = sharedCells(2);
    const running = executor.submit(waitFor, cells);
    await whenBegun(cells);
    const order: number[] = [];
    const futures = [1, 3, 2].map((priority) => {
      const future = executor.with({ priority }).submit(sameValue, priority);
      future.addDoneCallback(() => order.push(priority));
      return future;
    });
    letGo(cells);
    await Promise.all([running, ...futures].map((future) => future.result()));
    expect(order).toEqual([3, 2, 1]);
  });
});

describe("a worker on its way out", () => {
  const bench = new ThreadBench();

  test("with an exit listener that never ends is not waited for without a limit", async () => {
    expect(await runProgram("thread/exit-listener.mjs")).toEqual(printed("shut down"));
  }, 35_000);

  test("tells what its generator had yielded before it left", async () => {
    const executor = bench.executor();
    const leave = inlineTask(function* () {
      for (let n = 0; n < 100; n += 1) yield n;
      process.exit(3);
    });
    // More credit than there are items, so that nothing but the end keeps them back.
    const items: number[] = [];
    const reading = (async () => {
      for await (const n of executor.with({ bufferSize: 1_000 }).stream(leave)) items.push(n);
    })();
    await expect(reading).rejects.toMatchObject({ code: "CONCUR_WORKER_CRASHED" });
    expect(items).toEqual(Array.from(Array(100).keys()));
  });

  test("because of one call leaves a broadcast that it ran to its replacement", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 2 });
    const forever = inlineTask(() => new Promise(() => undefined));
    const late = inlineTask(
      (cells: Int32Array) =>
        new Promise((resolve) => {
          Atomics.add(cells, 0, 1);
          if (Atomics.load(cells, 1) === 1) resolve("ran");
        }),
    );
    await executor.run(sameValue, 1);
    const cells = sharedCells(2);
    const stuck = executor.with({ killAfterMs: 0 }).submit(forever);
    const values = executor.broadcast(late, cells);
    await whenBegun(cells);
    Atomics.store(cells, 1, 1);
    stuck.abort();
    expect(await values).toEqual([]);
    expect(await executor.run(sameValue, 2)).toBe(2);
    expect(Atomics.load(cells, 0)).toBe(2);
  });
});

test("a full queue refuses a stream as it refuses a call", async () => {
  const { ThreadPoolExecutor } = await import("../../src/index.js");
  const executor = new ThreadPoolExecutor({ maxWorkers: 1, maxQueue: 0 });
  const cells = sharedCells(2);
  const running = executor.submit(waitFor, cells);
  expect(() => executor.stream(inlineTask(() => [1]))).toThrow(QueueFullError);
  letGo(cells);
  await running.result();
  const items: number[] = [];
  for await (const n of executor.stream(inlineTask(() => [1]))) items.push(n);
  expect(items).toEqual([1]);
  await executor.shutdown();
});
