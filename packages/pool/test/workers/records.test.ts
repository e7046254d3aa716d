import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { inlineTask, wait, type Executor } from "../../src/index.js";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches } from "../support/bench.js";

const names = fc.constantFrom("id", "name", "1", "0", "-1", "__proto__", "constructor", "ünï", "");

/** What any thread takes as it is, and in an object by itself is a record; and what is not. */
const primitives = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, undefined, null, true, false),
  fc.bigInt(),
  fc.string({ unit: "binary" }),
);
const others = fc.oneof(
  fc.date({ noInvalidDate: true }),
  fc.array(fc.integer(), { maxLength: 2 }),
  fc.uint8Array({ maxLength: 2 }),
  fc.dictionary(names, fc.integer(), { maxKeys: 2, noNullPrototype: true }),
);

/** Makes an object with properties in this order, whatever their names are. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}

const entriesOf = (value: fc.Arbitrary<unknown>): fc.Arbitrary<object> =>
  fc
    .uniqueArray(fc.tuple(names, value), { selector: ([name]) => name, maxLength: 4 })
    .map(objectOf);

/** Lists in which objects with the same names come one after the other, as most do, and all else between them. */
const lists = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(entriesOf(primitives), fc.integer({ min: 1, max: 8 })) },
      { weight: 1, arbitrary: fc.tuple(entriesOf(fc.oneof(primitives, others)), fc.constant(1)) },
      { weight: 1, arbitrary: fc.tuple(fc.oneof(primitives, others), fc.constant(1)) },
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.flatMap(([value, times]) => Array.from({ length: times }, () => value)));

/** Compares what can be seen of values, the order of properties and -0 included; matchers are misled by a `__proto__`. */
function expectSame(received: readonly unknown[], sent: readonly unknown[]): void {
  const show = (values: readonly unknown[]): string =>
    inspect(values, { depth: null, maxArrayLength: null, maxStringLength: null });
  expect(show(received)).toBe(show(sent));
}

/** So that the time which calls take is known, and many of them are sent at once. */
async function sendMany(executor: Executor): Promise<void> {
  await executor.map(Tasks.sameValue, Array(100).keys()).toArray();
  await Promise.all(Array.from(Array(100).keys(), (n) => executor.run(Tasks.sameValue, n)));
}

const itself = (n: number): unknown => ({
  status: "fulfilled",
  value: { n, even: n % 2 === 0 },
});
const refused = (phase: string): unknown => ({
  status: "rejected",
  reason: expect.objectContaining({ code: "CONCUR_NOT_SERIALIZABLE", phase }) as unknown,
});

describe.each(benches)("plain objects sent to a %s", (_kind, Bench) => {
  const bench = new Bench();

  test("[O17] come and go as they are, in any company", async () => {
    const executor = bench.shared();
    await fc.assert(
      fc.asyncProperty(lists, fc.integer({ min: 1, max: 40 }), async (list, chunkSize) => {
        expectSame(await Promise.all(list.map((one) => executor.run(Tasks.sameValue, one))), list);
        const results = executor.with({ chunkSize }).map(Tasks.sameValue, list);
        expectSame(await results.toArray(), list);
      }),
      { numRuns: 150 },
    );
  });

  test("[O17] [O21] are one copy for each call", async () => {
    const executor = bench.shared();
    const grow = inlineTask((counter: { n: number }) => (counter.n += 1));
    const counter = { n: 0 };
    const calls = Array.from({ length: 50 }, () => executor.run(grow, counter));
    expect(new Set(await Promise.all(calls))).toEqual(new Set([1]));
    expect(counter).toEqual({ n: 0 });
  });

  test("[B6] [O17] reach their own calls when others beside them are cancelled", async () => {
    const executor = bench.shared();
    const gate = bench.scratch.gate();
    const blocker = executor.submit(Tasks.holdAt, gate.path);
    await gate.whenReached();
    const futures = Array.from({ length: 40 }, (_, n) =>
      executor.submit(Tasks.sameValue, n % 3 === 0 ? { n, other: [n] } : { n }),
    );
    const kept = futures.filter((future, n) => n % 4 === 1 || !future.cancel());
    gate.open();
    await blocker.result();
    expect(kept).toHaveLength(10);
    expect(await Promise.all(kept.map((future) => future.result()))).toEqual(
      Array.from({ length: 10 }, (_, n) => n * 4 + 1).map((n) =>
        n % 3 === 0 ? { n, other: [n] } : { n },
      ),
    );
  });

  test.each<[string, () => unknown]>([
    ["a proxy", () => new Proxy({ n: 1, even: false }, {})],
    ["a symbol", () => ({ n: Symbol("n"), even: false })],
    ["a method", () => ({ n: 1, even: () => false })],
    [
      "a getter that throws",
      () => ({
        n: 1,
        get even() {
          throw new RangeError("not now");
        },
      }),
    ],
  ])("[O1] [O12] fail alone when they cannot be sent because of %s", async (_why, make) => {
    const executor = bench.shared();
    await sendMany(executor);
    const isBad = (n: number): boolean => n % 6 === 5;
    const futures = Array.from({ length: 24 }, (_, n) =>
      executor.submit(Tasks.sameValue, isBad(n) ? make() : { n, even: n % 2 === 0 }),
    );
    await wait(futures);
    expect(futures.map((future) => future.outcome)).toEqual(
      Array.from({ length: 24 }, (_, n) => (isBad(n) ? refused("arguments") : itself(n))),
    );
  });

  test("[O3] [O12] fail alone when they cannot be sent back", async () => {
    const executor = bench.shared();
    await sendMany(executor);
    const make = inlineTask((n: number) =>
      n % 6 === 5 ? { n, even: () => false } : { n, even: n % 2 === 0 },
    );
    for (let round = 0; round < 10; round += 1) {
      const futures = Array.from({ length: 24 }, (_, n) => executor.submit(make, n));
      await wait(futures);
      expect(futures.map((future) => future.outcome)).toEqual(
        Array.from({ length: 24 }, (_, n) => (n % 6 === 5 ? refused("result") : itself(n))),
      );
    }
  });

  test("[O6] [O19] are themselves after those that were lost beside one nested too deeply", async () => {
    const executor = bench.shared();
    const make = inlineTask((n: number, deep: boolean) => {
      // Other names in each wave, so that those of the one before would be seen.
      let value: unknown = { [`n${n - (n % 20)}`]: n, even: n % 2 === 0 };
      if (deep) for (let level = 0; level < 7_000; level += 1) value = [value];
      return value;
    });
    const wave = (from: number, deep: number): Promise<unknown>[] =>
      Array.from({ length: 20 }, (_, n) => executor.run(make, from + n, n === deep));
    for (let from = 0; from < 200; from += 20) {
      const deep = from / 20;
      const lost = await Promise.allSettled(wave(from, deep));
      expect(lost[deep]).toMatchObject({ status: "rejected", reason: { phase: "result" } });
      expect(await Promise.all(wave(from, -1))).toEqual(
        Array.from({ length: 20 }, (_, n) => ({ [`n${from}`]: from + n, even: n % 2 === 0 })),
      );
    }
  });

  test("[O13] [O14] [O17] are those of structured clone where they are more than plain", async () => {
    const executor = bench.shared();
    class Point {
      constructor(
        readonly x: number,
        readonly y: number,
      ) {}
    }
    const odd: readonly object[] = [
      new Point(1, 2),
      Object.defineProperty({ seen: 1 }, "hidden", { value: 2 }),
      { seen: 1, [Symbol("hidden")]: 2 },
      Object.freeze({ seen: 1 }),
      Object.assign(Object.create({ inherited: 1 }) as object, { seen: 1 }),
      // It may be read more than once: a call that another worker takes over is written down again.
      {
        get seen() {
          return 1;
        },
      },
    ];
    const values = await Promise.all(odd.map((one) => executor.run(Tasks.sameValue, one)));
    expect(values).toStrictEqual([
      { x: 1, y: 2 },
      { seen: 1 },
      { seen: 1 },
      { seen: 1 },
      { seen: 1 },
      { seen: 1 },
    ]);
    expect(values.some((value) => Object.isFrozen(value))).toBe(false);
  });

  test("[O22] are not touched by what a program has put into the prototype of all objects", async () => {
    const executor = bench.shared();
    const list = Array.from({ length: 20 }, (_, n) => ({ n, name: `item ${n}` }));
    const written: unknown[] = [];
    Object.defineProperty(Object.prototype, "inherited", {
      value: 1,
      enumerable: true,
      configurable: true,
    });
    Object.defineProperty(Object.prototype, "name", {
      set: (value) => written.push(value),
      configurable: true,
    });
    try {
      const values = await Promise.all(list.map((one) => executor.run(Tasks.sameValue, one)));
      expect(values.map((value) => Object.entries(value as object))).toEqual(
        list.map((one) => Object.entries(one)),
      );
    } finally {
      Reflect.deleteProperty(Object.prototype, "inherited");
      Reflect.deleteProperty(Object.prototype, "name");
    }
    expect(written).toEqual([]);
  });
});
