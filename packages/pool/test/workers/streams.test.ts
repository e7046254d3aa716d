import { describe, expect, test } from "@jest/globals";
import { WorkerCrashedError } from "../../src/index.js";
import * as Streams from "../fixtures/stream-tasks.mjs";
import * as Contract from "../fixtures/tasks.mjs";
import { testThat } from "../support/needs.js";
import { printed, runProgram } from "../support/run-program.js";
import { benches, ThreadBench } from "../support/bench.js";

describe.each(benches)("streams of a %s", (_kind, Bench) => {
  const { Executor } = Bench;
  const bench = new Bench();

  test("a worker that dies in the middle fails next() after the items that came", async () => {
    const executor = bench.executor();
    const stream = executor.stream(Streams.exitAfter, 10);
    const behind = executor.submit(Contract.identity, "behind");
    const items: number[] = [];
    const failure = await (async () => {
      for await (const item of stream) items.push(item);
    })().catch((error: unknown) => error);
    expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(failure).toBeInstanceOf(WorkerCrashedError);
    expect(failure).toMatchObject({ exitCode: 3, started: true });
    expect(await behind.result()).toBe("behind");
  });

  test("a generator that never comes to an end of its step is killed when its reader leaves", async () => {
    const executor = bench.executor();
    const stream = executor.with({ killAfterMs: 20 }).stream(Streams.spinsDeaf);
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    expect(await stream.return()).toEqual({ done: true, value: undefined });
    expect(await executor.run(Contract.identity, "alive")).toBe("alive");
  });

  test("a generator that works without a pause hands its items on meanwhile, and can be left", async () => {
    const executor = bench.executor();
    const stream = executor.with({ killAfterMs: Infinity }).stream(Streams.countSpinning, 1e9, 1);
    for (let n = 1; n <= 30; n += 1) expect(await stream.next()).toEqual({ done: false, value: n });
    await stream.return();
    expect(executor.stats()).toMatchObject({ running: 0, workers: 1, cancelled: 1 });
  });

  test("several run in one worker beside each other and beside calls", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 4 });
    const named = ["a", "b", "c"].map((name) => executor.with({ name }).stream(Streams.names, 5));
    const all = Promise.all(
      named.map(async (stream) => {
        const seen: string[] = [];
        for await (const name of stream) seen.push(name);
        return seen.join("");
      }),
    );
    expect(await executor.run(Contract.identity, "beside")).toBe("beside");
    expect(await all).toEqual(["aaaaa", "bbbbb", "ccccc"]);
  });

  test("[P4] an item nested too deeply to be read is not lost without a word", async () => {
    const executor = bench.executor();
    const stream = executor.stream(Streams.nestedAt, 3, 50_000);
    const items: unknown[] = [];
    const failure = await (async () => {
      for await (const item of stream) items.push(item);
    })().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "CONCUR_NOT_SERIALIZABLE" });
    expect(await executor.run(Contract.identity, 1)).toBe(1);
  });

  test("[I15] a program ends though a stream of its is unread, and one that is read keeps it", async () => {
    expect(await runProgram("thread/unread-stream.mjs", [], [Executor.name])).toEqual(
      printed("1", "read 1 2 3", "left"),
    );
  });

  testThat(
    "needs /proc",
    "[T10] [T12] two thousand of them, ended in every way, leave nothing here or there",
    async () => {
      const end = await runProgram("citizen/stream-growth.mjs", ["--expose-gc"], [Executor.name]);
      expect(end).toEqual(
        printed(
          "heap here: no more",
          "heap there: no more",
          "listeners here: no more",
          "resources here: no more",
          "resources there: no more",
          "descriptors here: no more",
          "{ running: 0, pending: 0 }",
        ),
      );
    },
  );

  test("[T3] a stream that nobody holds any more is ended", async () => {
    const end = await runProgram("thread/dropped-stream.mjs", ["--expose-gc"], [Executor.name]);
    expect(end).toEqual(printed("1", "running: 0"));
  });
});

describe("streams of threads", () => {
  const bench = new ThreadBench();

  test("buffers can be moved", async () => {
    const executor = bench.executor();
    for (const byMoving of [true, false]) {
      let sum = 0;
      for await (const bytes of executor.stream(Streams.moved, 40, byMoving)) {
        expect(bytes).toHaveLength(1000);
        sum += bytes[999] ?? 0;
      }
      expect(sum).toBe(780);
    }
  });
});
