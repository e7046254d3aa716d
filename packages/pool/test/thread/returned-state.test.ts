import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { inlineTask, type Executor } from "../../src/index.js";
import { benches } from "./bench.js";

type Keep = "array" | "record" | "tree" | "map" | "class" | "large" | "match";

/** Changes one and the same value at each call, and returns it: with how many changes it has, wherever it keeps that. */
const change = inlineTask((keep: Keep) => {
  class Counter {
    n = 0;
  }
  const kept = globalThis as { state?: Record<Keep, unknown>; count?: Record<string, number> };
  const state = (kept.state ??= {
    array: [],
    record: { n: 0 },
    tree: { counts: [{ n: 0 }] },
    map: new Map([["n", 0]]),
    class: new Counter(),
    large: Array(100).fill(0),
    match: /\d/.exec("0"),
  });
  const count = (kept.count ??= {});
  const n = (count[keep] = (count[keep] ?? 0) + 1);
  if (keep === "array") (state.array as number[]).push(n);
  else if (keep === "record") (state.record as { n: number }).n = n;
  else if (keep === "tree") (state.tree as { counts: { n: number }[] }).counts.splice(0, 1, { n });
  else if (keep === "map") (state.map as Map<string, number>).set("n", n);
  else if (keep === "class") (state.class as Counter).n = n;
  else if (keep === "large") (state.large as number[])[0] = n;
  else (state.match as { index: number }).index = n;
  return state[keep];
});

/** Reads from a returned value how many changes it had. */
const CHANGES: Record<Keep, (value: unknown) => unknown> = {
  array: (value) => (value as unknown[]).length,
  record: (value) => (value as { n: number }).n,
  tree: (value) => (value as { counts: { n: number }[] }).counts[0]?.n,
  map: (value) => (value as Map<string, number>).get("n"),
  class: (value) => (value as { n: number }).n,
  large: (value) => (value as number[])[0],
  match: (value) => (value as { index: number }).index,
};

/** So that the time which calls take is known, and many of them are sent at once. */
async function sendMany(executor: Executor): Promise<void> {
  const nothing = inlineTask(() => 0);
  await Promise.all(Array.from({ length: 200 }, () => executor.run(nothing)));
}

describe.each(benches)("what a task of a %s keeps and returns", (_kind, Bench) => {
  const bench = new Bench();

  test.each(Object.keys(CHANGES) as Keep[])(
    "[O17] [O21] (%s) is received as it was when it was returned",
    async (keep) => {
      const executor = bench.executor();
      await sendMany(executor);
      const values = [
        ...(await Promise.all(Array.from({ length: 100 }, () => executor.run(change, keep)))),
        ...(await Promise.all(Array.from({ length: 100 }, () => executor.run(change, keep)))),
        ...(await executor
          .with({ chunkSize: 20 })
          .map(change, Array<Keep>(100).fill(keep))
          .toArray()),
      ];
      expect(values.map(CHANGES[keep])).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
    },
  );

  test("[O17] is what structured clone makes of it", async () => {
    const executor = bench.executor();
    const make = inlineTask((index?: number): unknown => {
      const one = { n: 1 };
      const cycle: unknown[] = [1];
      cycle.push(cycle);
      const all: readonly unknown[] = [
        [one, one],
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
    const indices = Array.from({ length: 11 }, (_, n) => n);
    const show = (value: unknown): string => inspect(value, { depth: null });
    const whole = show(await executor.run(make));
    const single = await Promise.all(indices.map((index) => executor.run(make, index)));
    expect(show(single)).toBe(whole);
    expect(show(await executor.with({ chunkSize: 4 }).map(make, indices).toArray())).toBe(whole);
    const [twice] = single as [object[]];
    expect(twice[0]).toBe(twice[1]);
  });
});
