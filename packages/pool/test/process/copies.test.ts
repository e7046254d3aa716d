import { describe, expect, test } from "@jest/globals";
import * as Tasks from "../fixtures/copy-tasks.mjs";
import { ProcessBench } from "../support/bench.js";

describe("between processes each call has copies of its own", () => {
  const bench = new ProcessBench();
  const nothingSeen = (length: number): number[] => new Array<number>(length).fill(0);

  test.each([undefined, 1, 7, 400])("in a map, with chunkSize %s", async (chunkSize) => {
    const executor = bench.executor();
    const list: unknown[] = [];
    const shared = { config: { seen: [] } };
    for (let round = 0; round < 2; round += 1) {
      const lists = executor
        .with({ chunkSize })
        .map(Tasks.mark, new Array<unknown[]>(400).fill(list));
      expect(await lists.toArray()).toEqual(nothingSeen(400));
      const nested = executor
        .with({ chunkSize })
        .map(Tasks.markNested, new Array<typeof shared>(400).fill(shared));
      expect(await nested.toArray()).toEqual(nothingSeen(400));
    }
    expect(list).toEqual([]);
    expect(shared.config.seen).toEqual([]);
  });

  test("handed out together", async () => {
    const executor = bench.executor();
    const config = { seen: [] };
    for (let round = 0; round < 3; round += 1) {
      const calls = Array.from({ length: 50 }, () => executor.run(Tasks.markNested, { config }));
      expect(await Promise.all(calls)).toEqual(nothingSeen(50));
    }
  });

  test("also of the store that goes along", async () => {
    const store = { seen: [] };
    const executor = bench.executor({
      context: { capture: () => store, restore: Tasks.inContext },
    });
    for (let round = 0; round < 3; round += 1) {
      const calls = Array.from({ length: 50 }, () => executor.run(Tasks.markContext));
      expect(await Promise.all(calls)).toEqual(nothingSeen(50));
    }
    const items = executor.with({ chunkSize: 10 }).map(Tasks.markContext, nothingSeen(40));
    expect(await items.toArray()).toEqual(nothingSeen(40));
  });

  test("and so has each value that a task gives more than once", async () => {
    const executor = bench.executor();
    const [one, other] = await executor
      .with({ chunkSize: 2 })
      .map(Tasks.giveTwice, [1, 2])
      .toArray();
    expect(one).toEqual({ list: [] });
    expect(other).toEqual(one);
    expect(one?.list).not.toBe(other?.list);
  });

  test.each<[string, () => object]>([
    ["a plain object", () => ({ n: 1 })],
    ["an object with more in it", () => ({ list: [1] })],
    ["a list", () => [1]],
    ["bytes", () => new Uint8Array(3)],
  ])("while %s that is there twice in one call is one object", async (_what, make) => {
    const executor = bench.executor();
    const one = make();
    expect(await executor.run(Tasks.same, one, one)).toBe(true);
    expect(await executor.run(Tasks.same, one, make())).toBe(false);
    const pairs = executor
      .with({ chunkSize: 3 })
      .map(Tasks.same, [one, one, one], [one, make(), one]);
    expect(await pairs.toArray()).toEqual([true, false, true]);
  });
});
