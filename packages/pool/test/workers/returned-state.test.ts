import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { inlineTask, type Executor } from "../../src/index.js";
import { change, changes, passOn, type Kind } from "../fixtures/keeping-tasks.mjs";
import { benches } from "../support/bench.js";

/** Reads from a received value how many changes it had. */
const CHANGES: Record<Kind, (value: unknown) => unknown> = {
  array: (value) => (value as unknown[]).length,
  record: (value) => (value as { n: number }).n,
  tree: (value) => (value as { counts: { n: number }[] }).counts[0]?.n,
  map: (value) => (value as Map<string, number>).get("n"),
  class: (value) => (value as { n: number }).n,
  large: (value) => (value as number[])[0],
  match: (value) => (value as { index: number }).index,
  bytes: (value) => uint32At(value as Uint8Array),
  nested: (value) => uint32At((value as { at: Uint8Array }[])[0]?.at),
  part: (value) => uint32At(value as Uint8Array),
  buffer: (value) => uint32At(new Uint8Array(value as ArrayBuffer)),
};
const KINDS = Object.keys(CHANGES) as Kind[];

function uint32At(bytes: Uint8Array | undefined): number | undefined {
  return bytes && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

async function* changesAsync(kind: Kind, times: number): AsyncGenerator {
  await Promise.resolve();
  yield* changes(kind, times);
}

async function readAll(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** So that the time which calls take is known, and many of them are sent at once. */
async function sendMany(executor: Executor): Promise<void> {
  const nothing = inlineTask(() => 0);
  await Promise.all(Array.from({ length: 200 }, () => executor.run(nothing)));
}

describe.each(benches)("what a task of a %s keeps and returns", (_kind, Bench) => {
  const bench = new Bench();

  test.each(KINDS)("[O17] [O21] (%s) is received as it was when it was returned", async (kind) => {
    const executor = bench.shared();
    await sendMany(executor);
    const values = [
      ...(await Promise.all(Array.from({ length: 100 }, () => executor.run(change, kind)))),
      ...(await Promise.all(Array.from({ length: 100 }, () => executor.run(change, kind)))),
      ...(await executor
        .with({ chunkSize: 20 })
        .map(change, Array<Kind>(100).fill(kind))
        .toArray()),
    ];
    expect(values.map(CHANGES[kind])).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
  });

  test.each(KINDS)(
    "[O17] (%s) is received as it was when a generator yielded it, here or there",
    async (kind) => {
      const executor = bench.shared();
      const expected = Array.from({ length: 300 }, (_, n) => n + 1);
      const there = await readAll(executor.stream(changes, kind, 300));
      expect(there.map(CHANGES[kind])).toEqual(expected);
      const here = await readAll(executor.stream(passOn, changesAsync(kind, 300)));
      expect(here.map(CHANGES[kind])).toEqual(expected);
    },
  );

  test("[O17] is what structured clone makes of it", async () => {
    const executor = bench.shared();
    const make = inlineTask((index?: number): unknown => {
      const one = { n: 1 };
      const cycle: unknown[] = [1];
      cycle.push(cycle);
      const bytes = new Uint8Array([1, 2, 3, 4]);
      const all: readonly unknown[] = [
        [one, one],
        { whole: bytes, buffer: bytes.buffer },
        [bytes, new Uint8Array(bytes.buffer)],
        bytes.subarray(1),
        Object.assign(new Uint8Array(2), { name: "lost" }),
        new Uint8ClampedArray(2),
        [new Uint8Array(), new Uint8Array(5000)],
        cycle,
        Object.assign([1, 2], { total: 3 }),
        Object.assign([], { 1: "one", length: 3 }),
        Object.assign([], { 1: "one", length: 2, extra: "two" }),
        /b(?<c>.)/.exec("abc"),
        { deep: { deeper: [[{}, []], { deepest: new Map([[1, new Date(0)]]) }] } },
        JSON.parse('{"a": [], "__proto__": {"b": [1]}}') as object,
        new (class extends Array<number> {})(2, 3),
        new (class Point {
          x = [1];
        })(),
        { undefined, null: null, nan: NaN, zero: [-0], big: 1n },
      ];
      return index === undefined ? all : all[index];
    });
    const indices = Array.from({ length: 17 }, (_, n) => n);
    const show = (value: unknown): string => inspect(value, { depth: null });
    const whole = show(await executor.run(make));
    const single = await Promise.all(indices.map((index) => executor.run(make, index)));
    expect(show(single)).toBe(whole);
    expect(show(await executor.with({ chunkSize: 4 }).map(make, indices).toArray())).toBe(whole);
    const [twice, , views, part] = single as [object[], unknown, Uint8Array[], Uint8Array];
    expect(twice[0]).toBe(twice[1]);
    expect(part.buffer.byteLength).toBe(4);
    expect(views[0]?.buffer).toBe(views[1]?.buffer);
  });
});
