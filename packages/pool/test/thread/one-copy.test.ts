import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "@jest/globals";
import { wait, type Executor } from "../../src/index.js";
import * as Tasks from "../fixtures/marking-tasks.mjs";
import { sameValue } from "../fixtures/thread-tasks.mjs";
import { ThreadBench } from "../support/bench.js";

class Holder {
  constructor(readonly marks = 0) {}
}

/** Values that a task can leave a mark in; none has one yet. */
const MARKABLE: Record<string, () => unknown> = {
  "an object": () => ({ marks: 0 }),
  "an array": () => [],
  bytes: () => new Uint8Array(4),
  "a part of a buffer": () => new Uint8Array(16).subarray(8),
  "what lies in a Map": () => new Map([["in", { marks: 0 }]]),
  "an object of a class": () => new Holder(),
  "an object of many properties": () =>
    Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`p${n}`, [n]])),
};
const KINDS = Object.keys(MARKABLE);
const CALLS = 60;
const ids = Array.from(Array(CALLS).keys());

/** So that the time which calls take is known, and many of them are sent at once. */
async function sendMany(executor: Executor): Promise<void> {
  await executor.map(sameValue, Array(500).keys()).toArray();
  await Promise.all(ids.map((n) => executor.run(sameValue, [n])));
}

describe("what one call of a thread does to its copies", () => {
  const bench = new ThreadBench();

  describe.each(KINDS)("%s that calls have in common", (kind) => {
    const make = MARKABLE[kind] as () => unknown;
    const once = ids.map(() => [1]);

    test("is each call's own, at the top and further down", async () => {
      const executor = bench.shared();
      await sendMany(executor);
      const value = make();
      const holder = { in: value, more: [value] };
      const run = (...args: unknown[]): Promise<number[]> => executor.run(Tasks.markAll, ...args);
      expect(await Promise.all(ids.map(() => run(value)))).toEqual(once);
      expect(await Promise.all(ids.map((id) => run({ in: value, id })))).toEqual(once);
      expect(await Promise.all(ids.map(() => run(holder)))).toEqual(once);
      expect(await Promise.all(ids.map(() => run(holder, { in: make() })))).toEqual(
        ids.map(() => [1, 1]),
      );
    });

    test("is each call's own in calls with a name, and in streams", async () => {
      const executor = bench.shared();
      await sendMany(executor);
      const value = make();
      const named = executor.with({ name: "mine" });
      const results = ids.map((id) => named.run(Tasks.markAll, { in: value, id }));
      expect(await Promise.all(results)).toEqual(once);
      const streams = ids.map(async (id) => {
        for await (const marks of executor.stream(Tasks.markAll, { in: value, id })) return marks;
        return undefined;
      });
      expect(await Promise.all(streams)).toEqual(ids.map(() => 1));
    });

    test.each([undefined, 7])(
      "is each item's own in a map with chunkSize %s",
      async (chunkSize) => {
        const executor = bench.shared();
        await sendMany(executor);
        const value = make();
        const items = Array.from({ length: 1_000 }, (_, id) => ({ in: value, id }));
        const mapper = chunkSize === undefined ? executor : executor.with({ chunkSize });
        for (const list of [items, Array(1_000).fill(value)]) {
          const results = await mapper.map(Tasks.markAll, list).toArray();
          expect(results).toEqual(Array(1_000).fill([1]));
        }
        const pairs = await mapper.map(Tasks.markAll, items, items).toArray();
        // The same object twice in one call is one object there.
        expect(pairs).toEqual(Array(1_000).fill([1, 2]));
      },
    );

    test("is each call's own in the context that goes with it", async () => {
      const storage = new AsyncLocalStorage<unknown>();
      const context = { capture: () => storage.getStore(), restore: Tasks.restore };
      const executor = bench.executor({ context });
      await sendMany(executor);
      const store = { in: make() };
      const marks = await storage.run(store, async () => [
        ...(await Promise.all(ids.map(() => executor.run(Tasks.markStore)))),
        ...(await executor.with({ chunkSize: 9 }).map(Tasks.markStoreOf, ids).toArray()),
      ]);
      expect(marks).toEqual(Array(2 * CALLS).fill(1));
    });
  });

  test("within one call what is one object stays one, as structured clone has it", async () => {
    const executor = bench.shared();
    await sendMany(executor);
    const inner = { n: 1 };
    const a = { in: inner };
    const b = { in: inner };
    const same = ids.map(() => executor.run(Tasks.sameness, a, a));
    const alike = ids.map(() => executor.run(Tasks.sameness, a, b));
    expect(await Promise.all(same)).toEqual(Array(CALLS).fill([true, true]));
    expect(await Promise.all(alike)).toEqual(Array(CALLS).fill([false, true]));
    const chunked = executor.with({ chunkSize: 10 });
    const pairs = ids.map((): [object, object] => [a, b]);
    expect(await chunked.map(Tasks.samenessOfItem, pairs).toArray()).toEqual(
      Array(CALLS).fill([false, true]),
    );
    expect(
      await chunked.map(Tasks.sameness, Array(CALLS).fill(a), Array(CALLS).fill(a)).toArray(),
    ).toEqual(Array(CALLS).fill([true, true]));
  });

  test("no two results have an object in common", async () => {
    const executor = bench.shared();
    await sendMany(executor);
    const single = await Promise.all(ids.map((n) => executor.run(Tasks.shared, n)));
    const chunked = await executor.with({ chunkSize: 10 }).map(Tasks.shared, ids).toArray();
    const moved = await executor.with({ chunkSize: 10 }).map(Tasks.moved, ids).toArray();
    expect(moved.map(({ bytes }) => bytes[0])).toEqual(ids);
    const commons = [...single, ...chunked, ...moved].map(({ common }) => common);
    expect(new Set(commons).size).toBe(3 * CALLS);
    // In one result it is one.
    for (const { common, list } of [...single, ...chunked]) expect(list[0]).toBe(common);
  });

  test("a call that was taken back and sent again has its arguments as they are then", async () => {
    const executor = bench.shared(2);
    await sendMany(executor);
    const value = { in: [] as string[] };
    const futures = ids.flatMap((id) => [
      executor.submit(Tasks.markAll, { ...value, id }),
      executor.submit(Tasks.markAll, value),
    ]);
    await wait(futures);
    expect(futures.map(({ outcome }) => outcome)).toEqual(
      futures.map(() => ({ status: "fulfilled", value: [1] })),
    );
  });
});
