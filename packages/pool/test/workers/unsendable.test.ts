import { describe, expect, test } from "@jest/globals";
import { SerializationError, type Future } from "../../src/index.js";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { journalOf } from "../support/journal.js";
import { countedSince } from "../support/kept-executors.js";
import { benches } from "../support/bench.js";

async function expectRefused(future: Future<unknown>, phase: string, path: string): Promise<void> {
  const error = await future.exception();
  expect(error).toBeInstanceOf(SerializationError);
  expect(error).toMatchObject({ code: "CONCUR_NOT_SERIALIZABLE", phase, path });
  expect(error).toHaveProperty("message", expect.stringContaining(path));
  expect(error).toHaveProperty("cause", expect.anything());
}

describe.each(benches)("an argument that cannot be sent to a %s", (_kind, Bench) => {
  const bench = new Bench();

  test.each([
    ["a function", () => 1, "args[0]"],
    ["a symbol", Symbol("mine"), "args[0]"],
    ["a method", { on: [{ click: () => 1 }] }, "args[0].on[0].click"],
    ["a promise", { later: Promise.resolve() }, "args[0].later"],
    ["a WeakMap", new Map([["weak", new WeakMap()]]), 'args[0].get("weak")'],
    ["a Proxy", [new Proxy({}, {})], "args[0][0]"],
  ])("[O1] [O12] %s fails its own call, and says where it is", async (_kind, value, path) => {
    const executor = bench.shared();
    const before = executor.submit(Tasks.sameValue, { n: 1 });
    const bad = executor.submit(Tasks.sameValue, value);
    const after = executor.submit(ContractTasks.allOf, 2, 3);
    expect(bad.done()).toBe(false);
    await expectRefused(bad, "arguments", path);
    expect(await before.result()).toEqual({ n: 1 });
    expect(await after.result()).toEqual([2, 3]);
  });

  test("[P1] [O11] a getter that throws, with its error as the cause", async () => {
    const executor = bench.shared();
    const value = {
      get now() {
        throw new RangeError("not now");
      },
    };
    const bad = executor.submit(ContractTasks.allOf, 1, value);
    await expectRefused(bad, "arguments", "args[1].now");
    expect(await bad.exception()).toHaveProperty("cause.message", "not now");
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
  });

  test("[O8] [P14] fails its call after shutdown() without waiting, too", async () => {
    const executor = bench.executor();
    const bad = executor.submit(Tasks.sameValue, () => 1);
    await executor.shutdown({ wait: false });
    await expectRefused(bad, "arguments", "args[0]");
    await executor.shutdown();
  });

  test("[O9] ten of them do not hinder shutdown({ cancelFutures })", async () => {
    const executor = bench.executor();
    const futures = Array.from({ length: 10 }, () => executor.submit(Tasks.sameValue, () => 1));
    await executor.shutdown({ cancelFutures: true });
    expect(futures.every((future) => future.done())).toBe(true);
  });

  test("[O1] [H16] fails its own item of a map, wherever it stands in a chunk", async () => {
    const executor = bench.shared();
    const counted = countedSince(executor);
    for (const chunkSize of [1, 3, 6]) {
      const items = [0, () => 1, 2, 3, { f: () => 1 }, 5];
      const results = executor.with({ chunkSize }).map(Tasks.sameValue, items);
      const refusal = (path: string): unknown =>
        expect.objectContaining({ phase: "arguments", path });
      expect(await journalOf(results)).toEqual([
        { value: 0 },
        { error: refusal("args[0]") },
        { value: 2 },
        { value: 3 },
        { error: refusal("args[0].f") },
        { value: 5 },
      ]);
    }
    expect(counted()).toMatchObject({ completed: 12, failed: 6, pending: 0 });
  });
});

describe.each(benches)("a result that cannot be sent from a %s", (_kind, Bench) => {
  const bench = new Bench();

  test.each([
    ["function", "result.list[1].callback"],
    ["symbol", "result"],
    ["getter", "result.value"],
    ["promise", "result.later"],
    ["proxy", "result"],
  ] as const)(
    "[O3] [O11] [O12] [P10] (%s) fails its own call, and says where it is",
    async (kind, path) => {
      const executor = bench.shared();
      const good = [1, 2].map((n) => executor.submit(Tasks.sameValue, { n }));
      const bad = executor.submit(Tasks.returnUnsendable, kind);
      await expectRefused(bad, "result", path);
      expect(await Promise.all(good.map((future) => future.result()))).toEqual([
        { n: 1 },
        { n: 2 },
      ]);
      expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
    },
  );

  test("[O3] [H16] fails its own item of a map", async () => {
    const executor = bench.shared();
    const counted = countedSince(executor);
    const kinds = ["function", "symbol", "getter"] as const;
    const results = executor.with({ chunkSize: 3 }).map(Tasks.returnUnsendable, kinds);
    for (const path of ["result.list[1].callback", "result", "result.value"]) {
      await expect(results.next()).rejects.toMatchObject({ phase: "result", path });
    }
    expect(counted()).toMatchObject({ failed: 3, completed: 0 });
  });
});
