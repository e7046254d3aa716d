import { runInNewContext } from "node:vm";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Task } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import type { Workbench } from "./workbench.js";

const identity: Task<[unknown], unknown> = Tasks.identity;

class Doubled extends Array<number> {
  override *[Symbol.iterator](): ArrayIterator<number> {
    for (let at = 0; at < this.length; at += 1) yield (this[at] ?? 0) * 2;
    return undefined;
  }
}

class Odd extends Array<unknown> {
  static override get [Symbol.species](): ArrayConstructor {
    throw new Error("nobody asks for the species");
  }
}

const withOwnIterator = (items: Iterable<unknown> & object): object =>
  Object.assign(items, {
    *[Symbol.iterator]() {
      yield "own";
    },
  });

/** What can be iterated, made anew for each use. */
const inputs: Record<string, () => Iterable<unknown>> = {
  "an array": () => [1, "a", null, { b: [2] }, undefined, -0, NaN],
  "an array with holes": () => Object.assign(new Array<unknown>(4), { 1: "one", 3: "three" }),
  "an array with a property": () => Object.assign([1, 2], { name: "list" }),
  "an array with a getter for an element": () =>
    Object.defineProperty([1, 2, 3], 1, { get: () => "got", enumerable: true }),
  "an array with an iterator of its own": () => withOwnIterator([1, 2]) as Iterable<unknown>,
  "an array of a class with another iterator": () => Doubled.of(1, 2, 3),
  "an array of a class with another species": () => Odd.of(1, 2, 3),
  "an array of another realm": () => runInNewContext("[1, 'b', [3]]") as unknown[],
  "a proxy of an array": () =>
    new Proxy([1, 2, 3], { get: (of, name) => Reflect.get(of, name) as unknown }),
  "a Set": () => new Set([3, 1, 2]),
  "a Map": () => new Map([[1, "one"]]),
  "a string": () => "a🙂b",
  "a generator": function* () {
    yield 1;
    yield "two";
  },
  ...Object.fromEntries(
    [
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
    ].map((kind) => [`a ${kind.name}`, () => new kind([1, 2, 200])]),
  ),
  "a Float32Array": () => new Float32Array([0.1, -0, NaN, Infinity]),
  "a Float64Array": () => new Float64Array([0.1, -0, NaN, Infinity]),
  "a BigInt64Array": () => new BigInt64Array([1n, -2n]),
  "a BigUint64Array": () => new BigUint64Array([1n, 2n ** 63n]),
  "a Buffer": () => Buffer.from("text"),
  "a part of a typed array": () => new Float64Array([1, 2, 3, 4]).subarray(1, 3),
  "shared memory": () => new Int32Array(new SharedArrayBuffer(8)),
  "a typed array with an iterator of its own": () =>
    withOwnIterator(new Uint8Array([1, 2])) as Iterable<unknown>,
};

/** Read with and without what lets a map take its input in one step. */
const ways = [{}, { chunkSize: 1 }, { chunkSize: 2 }, { chunkSize: 100 }, { bufferSize: 2 }];

export function describeMapInputs(bench: Workbench): void {
  describe("the input of map()", () => {
    test.each(Object.entries(inputs))("[H1] %s is read as it is iterated", async (_what, make) => {
      const executor = bench.shared();
      const wanted = [...make()];
      for (const options of ways) {
        const results = await executor.with(options).map(identity, make()).toArray();
        expect([...results]).toEqual(wanted);
        const one: unknown[] = [];
        for await (const result of executor.with(options).map(identity, make())) one.push(result);
        expect(one).toEqual(wanted);
      }
    });

    test("[H4] what happens to an array after the call does not matter", async () => {
      const executor = bench.shared();
      const list = [1, 2, 3];
      const numbers = new Float64Array([4, 5, 6]);
      const fromList = executor.map(identity, list);
      const fromNumbers = executor.map(identity, numbers);
      list.fill(0).push(4);
      numbers.fill(0);
      expect(await fromList.toArray()).toEqual([1, 2, 3]);
      expect(await fromNumbers.toArray()).toEqual([4, 5, 6]);
    });

    test("[H1] numbers and booleans arrive as they are, many of them, read in any way", async () => {
      const executor = bench.shared();
      const item = fc.oneof(fc.double(), fc.integer(), fc.boolean(), fc.constant(undefined));
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.array(fc.boolean()),
            fc.array(fc.integer()),
            fc.array(fc.double()),
            fc.array(item),
          ),
          fc.integer({ min: 1, max: 9 }),
          fc.nat(5),
          async (items, chunkSize, first) => {
            const results = executor.with({ chunkSize }).map(identity, items);
            const read: unknown[] = [];
            // Some one by one, and the rest of a chunk at once.
            for (let n = 0; n < first; n += 1) {
              const { done, value } = await results.next();
              if (done !== true) read.push(value);
            }
            expect([...read, ...(await results.toArray())]).toEqual(items);
          },
        ),
        { numRuns: 60 },
      );
    });
  });
}
