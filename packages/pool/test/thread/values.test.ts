import { describe, expect, test } from "@jest/globals";
import { SerializationError, type Future } from "../../src/index.js";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { sharedCells, ThreadBench } from "./bench.js";

const cycle: { self?: unknown; list: unknown[] } = { list: [] };
cycle.self = cycle;
cycle.list.push(cycle);

/** Values that must come through a thread and back as they were. */
const WHOLE: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["false", false],
  ["a number", 1.5],
  ["NaN", NaN],
  ["-0", -0],
  ["Infinity", -Infinity],
  ["the largest safe integer", Number.MAX_SAFE_INTEGER],
  ["a BigInt", -(2n ** 70n)],
  ["an empty text", ""],
  ["a text with half a surrogate pair", "a\ud800b\u0000"],
  ["a Date", new Date(86_400_000)],
  ["a RegExp", /a(b)+/giu],
  [
    "a Map",
    new Map<unknown, unknown>([
      [{ key: 1 }, "value"],
      [NaN, new Set([1, [2]])],
    ]),
  ],
  ["an ArrayBuffer", new Uint8Array([1, 2, 3]).buffer],
  [
    "typed arrays",
    [new Float64Array([0.5, -0, NaN]), new BigInt64Array([-1n]), new Uint8ClampedArray([300])],
  ],
  ["a DataView", new DataView(new ArrayBuffer(4), 1, 2)],
  ["a sparse array", Object.assign([], { 2: "two", length: 4 })],
  ["nested objects", { a: { b: [{ c: undefined }, null] } }],
  ["a cycle", cycle],
];

/** A task that says how a value looks over there, so that a loss on the way cannot hide itself on the way back. */
function expectWhole(received: unknown, value: unknown): void {
  if (Object.is(received, value)) return;
  expect(typeof received).toBe("object");
  expect(received).toEqual(value);
  expect(received).not.toBe(value);
}

async function expectRefused(future: Future<unknown>, phase: string, path: string): Promise<void> {
  const error = await future.exception();
  expect(error).toBeInstanceOf(SerializationError);
  expect(error).toMatchObject({ code: "CONCUR_NOT_SERIALIZABLE", phase, path });
  expect(error).toHaveProperty("message", expect.stringContaining(path));
  expect(error).toHaveProperty("cause", expect.anything());
}

describe("a value", () => {
  const bench = new ThreadBench();

  test.each(WHOLE)(
    "[O17] [O21] that is %s comes through whole, alone and among others",
    async (_name, value) => {
      const executor = bench.executor();
      expectWhole(await executor.run(Tasks.sameValue, value), value);
      expectWhole(await executor.run(ContractTasks.allOf, value, "other"), [value, "other"]);
      expectWhole(await executor.with({ name: "named" }).run(Tasks.sameValue, value), value);
      const bound = executor.with({ chunkSize: 2 });
      expectWhole(await bound.map(Tasks.sameValue, [value, value]).toArray(), [value, value]);
    },
  );

  test("[O17] looks the same to the task", async () => {
    const executor = bench.executor();
    expect(await executor.run(Tasks.show, -0)).toBe("-0");
    expect(await executor.run(Tasks.show, undefined)).toBe("undefined");
    expect(await executor.run(Tasks.show, Object.assign([], { 2: 1, length: 4 }))).toBe(
      "[ <2 empty items>, 1, <1 empty item> ]",
    );
    expect(await executor.run(Tasks.show, 10n)).toBe("10n");
    expect(await executor.run(ContractTasks.allOf)).toEqual([]);
    expect(await executor.run(ContractTasks.allOf, undefined)).toEqual([undefined]);
  });

  test("[O13] [O17] of a class arrives as structured clone makes it", async () => {
    const executor = bench.executor();
    const { point, date } = await executor.run(Tasks.classOf);
    expect(point).toEqual({ x: 1, y: 2 });
    expect(Object.getPrototypeOf(point)).toHaveProperty("constructor.name", "Object");
    expect(date).toBeInstanceOf(Date);
    const buffer = await executor.run(Tasks.sameValue, Buffer.from("abc"));
    expect(Buffer.isBuffer(buffer)).toBe(false);
    expect(buffer).toEqual(new Uint8Array([97, 98, 99]));
  });

  test("[O15] that is shared memory is shared, both ways", async () => {
    const executor = bench.executor();
    const cells = sharedCells(2);
    const returned = (await executor.run(Tasks.sameValue, cells)) as Int32Array;
    Atomics.store(returned, 1, 42);
    expect(cells[1]).toBe(42);
    await executor.run(Tasks.count, cells, 0);
    expect(cells[0]).toBe(1);
  });

  test("[O20] of 64 MiB comes and goes", async () => {
    const executor = bench.executor();
    const large = new Uint8Array(64 * 2 ** 20).fill(3);
    expect(await executor.run(Tasks.hash, large)).toBe(3 * large.length);
    const filled = await executor.run(Tasks.filled, large.length, 5);
    expect([filled.length, filled[0], filled.at(-1)]).toEqual([large.length, 5, 5]);
  });

  test("[O22] with a __proto__ of its own stays data on both sides", async () => {
    const executor = bench.executor();
    const value = JSON.parse(
      '{"__proto__": {"x": 1}, "constructor": {"prototype": {"x": 1}}}',
    ) as object;
    expect(await executor.run(Tasks.polluted, value)).toEqual({
      own: ["__proto__", "constructor"],
      polluted: false,
    });
    const returned = await executor.run(Tasks.sameValue, value);
    expect(Object.keys(returned as object)).toEqual(["__proto__", "constructor"]);
    expect("x" in {}).toBe(false);
  });

  test("[O19] [O6] that is nested too deeply fails its own call, on either side", async () => {
    const executor = bench.executor();
    for (const depth of [100, 1_000]) {
      expect(Array.isArray(await executor.run(Tasks.nest, depth))).toBe(true);
    }
    // A thread's stack is larger than ours: what it can write we cannot always read.
    for (const depth of [4_000, 7_000, 10_000, 100_000]) {
      const future = executor.submit(Tasks.nest, depth);
      const other = executor.submit(Tasks.sameValue, { depth });
      const error = await future.exception();
      const readable = depth < 5_000 && error === undefined;
      expect(readable || error instanceof SerializationError).toBe(true);
      expect(await other.result()).toEqual({ depth });
      expect(await executor.run(Tasks.sameValue, depth)).toBe(depth);
    }
    let deep: unknown[] = [];
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(await executor.submit(Tasks.sameValue, deep).exception()).toMatchObject({
      code: "CONCUR_NOT_SERIALIZABLE",
      phase: "arguments",
    });
    expect(executor.stats()).toMatchObject({ workers: 1, pending: 0 });
  });
});

describe("an argument that cannot be sent", () => {
  const bench = new ThreadBench();

  test.each([
    ["a function", () => 1, "args[0]"],
    ["a symbol", Symbol("mine"), "args[0]"],
    ["a method", { on: [{ click: () => 1 }] }, "args[0].on[0].click"],
    ["a promise", { later: Promise.resolve() }, "args[0].later"],
    ["a WeakMap", new Map([["weak", new WeakMap()]]), 'args[0].get("weak")'],
    ["a Proxy", [new Proxy({}, {})], "args[0][0]"],
  ])("[O1] [O12] %s fails its own call, and says where it is", async (_kind, value, path) => {
    const executor = bench.executor();
    const before = executor.submit(Tasks.sameValue, { n: 1 });
    const bad = executor.submit(Tasks.sameValue, value);
    const after = executor.submit(ContractTasks.allOf, 2, 3);
    expect(bad.done()).toBe(false);
    await expectRefused(bad, "arguments", path);
    expect(await before.result()).toEqual({ n: 1 });
    expect(await after.result()).toEqual([2, 3]);
  });

  test("[P1] [O11] a getter that throws, with its error as the cause", async () => {
    const executor = bench.executor();
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
    const executor = bench.executor();
    for (const chunkSize of [1, 3, 6]) {
      const items = [0, () => 1, 2, 3, { f: () => 1 }, 5];
      const results = executor.with({ chunkSize }).map(Tasks.sameValue, items);
      const ends: unknown[] = [];
      while (ends.length < items.length) {
        const value = results.next().then((step) => step.value);
        ends.push(await value.catch((error: unknown) => error));
      }
      const phase = "arguments";
      expect(ends).toMatchObject([
        0,
        { phase, path: "args[0]" },
        2,
        3,
        { phase, path: "args[0].f" },
        5,
      ]);
    }
    expect(executor.stats()).toMatchObject({ completed: 12, failed: 6, pending: 0 });
  });
});

describe("a result that cannot be sent", () => {
  const bench = new ThreadBench();

  test.each([
    ["function", "result.list[1].callback"],
    ["symbol", "result"],
    ["getter", "result.value"],
    ["promise", "result.later"],
    ["proxy", "result"],
  ] as const)(
    "[O3] [O11] [O12] [P10] (%s) fails its own call, and says where it is",
    async (kind, path) => {
      const executor = bench.executor();
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
    const executor = bench.executor();
    const kinds = ["function", "symbol", "getter"] as const;
    const results = executor.with({ chunkSize: 3 }).map(Tasks.returnUnsendable, kinds);
    for (const path of ["result.list[1].callback", "result", "result.value"]) {
      await expect(results.next()).rejects.toMatchObject({ phase: "result", path });
    }
    expect(executor.stats()).toMatchObject({ failed: 3, completed: 0 });
  });
});
