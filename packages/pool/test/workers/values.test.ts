import { types } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { inlineTask, SerializationError } from "../../src/index.js";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches, sharedCells, ThreadBench } from "../support/bench.js";

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

function expectWhole(received: unknown, value: unknown): void {
  if (Object.is(received, value)) return;
  expect(typeof received).toBe("object");
  expect(received).toEqual(value);
  expect(received).not.toBe(value);
}

describe.each(benches)("a value in a %s", (_kind, Bench) => {
  const bench = new Bench();

  test.each(WHOLE)(
    "[O17] [O21] that is %s comes through whole, alone and among others",
    async (_name, value) => {
      const executor = bench.shared();
      expectWhole(await executor.run(Tasks.sameValue, value), value);
      expectWhole(await executor.run(ContractTasks.allOf, value, "other"), [value, "other"]);
      expectWhole(await executor.with({ name: "named" }).run(Tasks.sameValue, value), value);
      const bound = executor.with({ chunkSize: 2 });
      expectWhole(await bound.map(Tasks.sameValue, [value, value]).toArray(), [value, value]);
    },
  );

  test("[O17] looks the same to the task", async () => {
    const executor = bench.shared();
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
    const executor = bench.shared();
    const { point, date } = await executor.run(Tasks.classOf);
    expect(point).toEqual({ x: 1, y: 2 });
    expect(Object.getPrototypeOf(point)).toHaveProperty("constructor.name", "Object");
    expect(types.isDate(date)).toBe(true);
    const buffer = await executor.run(Tasks.sameValue, Buffer.from("abc"));
    expect(Buffer.isBuffer(buffer)).toBe(false);
    expect(buffer).toEqual(new Uint8Array([97, 98, 99]));
  });

  test("[O20] of 64 MiB comes and goes", async () => {
    const executor = bench.shared();
    const large = new Uint8Array(64 * 2 ** 20).fill(3);
    expect(await executor.run(Tasks.hash, large)).toBe(3 * large.length);
    const filled = await executor.run(Tasks.filled, large.length, 5);
    expect([filled.length, filled[0], filled.at(-1)]).toEqual([large.length, 5, 5]);
  });

  test("[O22] with a __proto__ of its own stays data on both sides", async () => {
    const executor = bench.shared();
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
    const executor = bench.shared();
    for (const depth of [100, 1_000]) {
      expect(Array.isArray(await executor.run(Tasks.nest, depth))).toBe(true);
    }
    // A thread's stack is larger than ours: what it can write we cannot always read.
    for (const depth of [7_000, 10_000, 100_000]) {
      const error = await executor.submit(Tasks.nest, depth).exception();
      expect(error).toBeInstanceOf(SerializationError);
      expect(error).toHaveProperty("phase", "result");
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

describe("a value in a thread", () => {
  const bench = new ThreadBench();

  test("[O15] that is shared memory is shared, both ways", async () => {
    const executor = bench.shared();
    const cells = sharedCells(2);
    const returned = (await executor.run(Tasks.sameValue, cells)) as Int32Array;
    Atomics.store(returned, 1, 42);
    expect(cells[1]).toBe(42);
    await executor.run(Tasks.count, cells, 0);
    expect(cells[0]).toBe(1);
  });

  test("is one copy for each call, also where many calls are given the same object", async () => {
    const executor = bench.executor({ maxWorkers: 1 });
    const grow = inlineTask((list: number[]) => list.push(0));
    const list: number[] = [];
    const lengths = await Promise.all(Array.from({ length: 50 }, () => executor.run(grow, list)));
    expect(new Set(lengths)).toEqual(new Set([1]));
    const remember = inlineTask(() => {
      const shared = globalThis as { kept?: object };
      return (shared.kept ??= { kept: true });
    });
    const values = await Promise.all(Array.from({ length: 50 }, () => executor.run(remember)));
    expect(new Set(values).size).toBe(50);
  });
});
