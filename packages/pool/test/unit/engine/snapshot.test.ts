import { describe, expect, test } from "@jest/globals";
import { inspect } from "node:util";
import fc from "fast-check";
import { asItIsNow, snapshot, snapshotAll } from "../../../src/engine/shared/snapshot.js";
import { SNAPSHOT_BYTES, SNAPSHOT_LENGTH, SNAPSHOT_NODES } from "../../../src/engine/tuning.js";

const show = (value: unknown): string =>
  inspect(value, { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null });

const names = fc.constantFrom("id", "name", "0", "1", "__proto__", "constructor", "ü", "");
const leaves = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, undefined, null, true, false),
  fc.bigInt(),
  fc.string({ unit: "binary" }),
  fc.uint8Array({ maxLength: 4 }),
);
/** Trees of what a snapshot knows. */
const trees = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaves,
    fc.array(tie("tree"), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(names, tie("tree")), { selector: ([name]) => name, maxLength: 4 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
})).tree;

describe("a snapshot", () => {
  test("is what structured clone gives, where there is one", () => {
    let made = 0;
    fc.assert(
      fc.property(trees, (tree) => {
        const copy = snapshot(tree);
        if (copy === undefined) return;
        made += 1;
        expect(copy).not.toBe(tree);
        expect(show(copy)).toBe(show(structuredClone(tree)));
      }),
      { numRuns: 500, seed: 11 },
    );
    expect(made).toBeGreaterThan(50);
  });

  test("does not change with what it was taken of", () => {
    const inner = { n: 1 };
    const bytes = Uint8Array.of(1, 2);
    const copy = snapshot({ inner, list: [inner.n], bytes });
    inner.n = 2;
    bytes[0] = 9;
    expect(show(copy)).toBe(show({ inner: { n: 1 }, list: [1], bytes: Uint8Array.of(1, 2) }));
  });

  const shared = { n: 1 };
  const buffer = new ArrayBuffer(4);
  const own: unknown[] = [1];
  Object.assign(own, { name: "match" });
  class Point {
    x = 1;
  }
  test.each<[string, unknown]>([
    ["a primitive", 1],
    ["a function", () => 1],
    ["an object that comes twice", [shared, shared]],
    ["bytes that share their buffer", [new Uint8Array(buffer), new Uint8Array(buffer)]],
    ["a part of a buffer", new Uint8Array(buffer, 1)],
    ["an object without properties", {}],
    ["an instance of a class", new Point()],
    ["an object without a prototype", Object.create(null)],
    ["a Date in it", { at: new Date(0) }],
    ["a Map", new Map()],
    ["an array with a hole", Object.assign([1, 2, 3], { length: 4 })],
    ["an array with a name", own],
    ["a proxy", new Proxy({ n: 1 }, {})],
    ["a ring", [[]].map((list: unknown[]) => (list.push(list), list))],
    ["too many nodes", Array.from({ length: SNAPSHOT_NODES }, () => [1])],
    ["too long an array", Array(SNAPSHOT_LENGTH + 1).fill(0)],
    ["too many bytes", new Uint8Array(SNAPSHOT_BYTES + 1)],
  ])("is not taken of %s", (_, value) => {
    expect(snapshot(value)).toBeUndefined();
  });

  test("is not taken where a getter throws, and leaves that to whoever clones it", () => {
    const value = {
      get n(): number {
        throw new Error("not now");
      },
    };
    expect(snapshot(value)).toBeUndefined();
  });
});

describe("the snapshots of the arguments of a call", () => {
  test("keep primitives, and copy the rest", () => {
    const list = [1];
    const copies = snapshotAll([undefined, "a", list]);
    expect(copies).toEqual([undefined, "a", [1]]);
    expect(copies?.[2]).not.toBe(list);
  });

  test("are not taken where two arguments have something in common", () => {
    const part = { n: 1 };
    expect(snapshotAll([part, { part }])).toBeUndefined();
    expect(snapshotAll([part, { part: { n: 1 } }])).toEqual([{ n: 1 }, { part: { n: 1 } }]);
  });

  test("are not taken where one is no small tree", () => {
    expect(snapshotAll([1, new Date(0)])).toBeUndefined();
    expect(snapshotAll([])).toEqual([]);
  });
});

describe("a value as it is now", () => {
  test("is a copy, by structured clone where it is no small tree", () => {
    const when = new Map([["a", new Date(0)]]);
    const copy = asItIsNow(when);
    when.clear();
    expect(show(copy)).toBe(show(new Map([["a", new Date(0)]])));
  });

  test("is the value itself where it cannot be cloned: whoever sends it says why", () => {
    const value = { run: () => 1 };
    expect(asItIsNow(value)).toBe(value);
  });
});
