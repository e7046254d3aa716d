import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, test } from "@jest/globals";
import { SerializationError, type Executor, type Future } from "../../src/index.js";
import { sameValue, show } from "../fixtures/thread-tasks.mjs";
import { ThreadBench } from "../support/bench.js";

class Bytes extends Uint8Array {
  override get length(): number {
    return 1;
  }
}

/** Values that are not what they look like; what arrives is what structured clone makes of them. */
const ODD: Record<string, () => unknown> = {
  "an object with the prototype of a Buffer": () =>
    Object.create(Buffer.prototype as object) as unknown,
  "an object with the prototype of bytes": () =>
    Object.assign(Object.create(Uint8Array.prototype) as object, { a: 1 }),
  "an heir of bytes": () => new Bytes([1, 2, 3]),
  "an heir of bytes with another constructor": () =>
    Object.defineProperty(new Uint8Array([1, 2, 3]), "constructor", { value: Array }),
  "bytes with a length of their own": () =>
    Object.defineProperty(new Uint8Array([1, 2, 3]), "length", { value: 1 }),
  "a Map turned into an object": () => asObject(new Map([["a", { b: 1 }]])),
  "a Map turned into an object, with a property": () =>
    Object.assign(asObject(new Map([["a", 1]])), { own: 1 }),
  "a Set turned into an object": () => asObject(new Set([1])),
  "a Date turned into an object": () => Object.assign(asObject(new Date(0)), { own: 1 }),
  "a RegExp turned into an object": () => Object.assign(asObject(/x/g), { own: 1 }),
  "a boxed number turned into an object": () => Object.assign(asObject(Object(7)), { own: 1 }),
  "a boxed BigInt turned into an object": () => Object.assign(asObject(Object(7n)), { own: 1 }),
  "a buffer turned into an object": () => Object.assign(asObject(new ArrayBuffer(2)), { own: 1 }),
  "bytes turned into an object": () => asObject(new Uint8Array([1, 2])),
  "an array turned into an object": () => asObject([1, 2]),
  "an array with a way of its own to be iterated": () =>
    Object.assign([1, 2], { [Symbol.iterator]: () => [7][Symbol.iterator]() }),
  "an array with a hole": () => [1, , 2], // eslint-disable-line no-sparse-arrays
  "an object of another realm": () => runInNewContext("({ a: 1, list: [1, { b: 2 }] })") as unknown,
  "bytes of another realm": () => runInNewContext("new Uint8Array([1, 2, 3])") as unknown,
  "a Map of another realm": () => runInNewContext("new Map([['a', { b: 1 }]])") as unknown,
  "an error of another realm": () => runInNewContext("new RangeError('far')") as unknown,
  "an object without a prototype": () => Object.assign(Object.create(null) as object, { a: 1 }),
  "an object with a getter": () => ({
    get n() {
      return [1];
    },
  }),
  "an object with a property that does not show": () =>
    Object.defineProperty({ a: 1 }, "b", { value: 2 }),
  "an object with symbols": () => ({ a: 1, [Symbol("s")]: () => 1 }),
  "an empty object": () => ({}),
  "an object with __proto__ of its own": () => JSON.parse('{"__proto__": 1, "a": 2}') as unknown,
  "a frozen object": () => Object.freeze({ a: Object.freeze([1]) }),
  "a BigInt": () => 10n,
  "-0": () => ({ n: -0, list: [-0] }),
};

/** What cannot be cloned, and where the error must say that it is. */
const BAD: Record<string, () => unknown> = {
  "a proxy that was revoked": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  "a proxy of an array that was revoked": () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  },
  "a proxy of bytes": () => new Proxy(new Uint8Array(4), {}),
  "a proxy of a Map": () => new Proxy(new Map(), {}),
  "a proxy whose traps throw": () =>
    new Proxy(
      {},
      {
        getPrototypeOf: () => {
          throw new RangeError("no prototype");
        },
        ownKeys: () => {
          throw new RangeError("no keys");
        },
      },
    ),
  "a WeakMap turned into an object": () => Object.assign(asObject(new WeakMap()), { own: 1 }),
  "a promise turned into an object": () => Object.assign(asObject(Promise.resolve()), { own: 1 }),
  "the arguments of a function": () =>
    (function () {
      return arguments; // eslint-disable-line prefer-rest-params
    })(),
  "what only says that it is a Map": () => Object.create(Map.prototype) as unknown,
  "a function": () => () => 1,
};

function asObject(value: unknown): object {
  return Object.setPrototypeOf(value, Object.prototype) as object;
}

function seen(value: unknown): string {
  return inspect(structuredClone(value), { depth: 5 });
}

const CALLS = 20;
const around = (value: unknown): unknown[] =>
  Array.from({ length: CALLS }, (_, n) => (n === CALLS / 2 ? value : { n, list: [n] }));

/** So that the time which calls take is known, and many of them are sent at once. */
async function sendMany(executor: Executor): Promise<void> {
  await executor.map(show, Array(300).keys()).toArray();
  await Promise.all(around(0).map((value) => executor.run(show, value)));
}

/** All the ways that a value can go with a call in the midst of others. */
const WAYS: Record<string, (executor: Executor, value: unknown) => Future<unknown>[]> = {
  "by itself": (executor, value) => around(value).map((one) => executor.submit(show, one)),
  "within an object": (executor, value) =>
    around(value).map((one) => executor.submit(show, { one, n: 1 })),
  "with a name": (executor, value) =>
    around(value).map((one) => executor.with({ name: "mine" }).submit(show, one)),
  "with a limit": (executor, value) =>
    around(value).map((one) => executor.with({ timeoutMs: 600_000 }).submit(show, one)),
};

describe("a value that is not what it looks like", () => {
  const bench = new ThreadBench();

  test.each(Object.keys(ODD))("(%s) arrives as structured clone has it", async (kind) => {
    const make = ODD[kind] as () => unknown;
    const executor = bench.shared();
    await sendMany(executor);
    for (const [way, submit] of Object.entries(WAYS)) {
      const value = make();
      const sent = around(value).map((one) => (way === "within an object" ? { one, n: 1 } : one));
      const futures = submit(executor, value);
      const texts = await Promise.all(futures.map((future) => future.result()));
      expect([way, ...texts]).toEqual([way, ...sent.map(seen)]);
    }
    for (const chunkSize of [1, 6]) {
      const list = around(make());
      const results = executor.with({ chunkSize }).map(show, list);
      expect(await results.toArray()).toEqual(list.map(seen));
    }
    // There and back.
    const list = around(make());
    const futures = list.map((value) => executor.submit(sameValue, value));
    const back = await Promise.all(futures.map((future) => future.result()));
    expect(back.map((value) => inspect(value, { depth: 5 }))).toEqual(list.map(seen));
  });

  test.each(Object.keys(BAD))("(%s) fails its own call, and says where it is", async (kind) => {
    const make = BAD[kind] as () => unknown;
    const executor = bench.shared();
    await sendMany(executor);
    for (const [way, submit] of Object.entries(WAYS)) {
      const futures = submit(executor, make());
      const path = way === "within an object" ? "args[0].one" : "args[0]";
      await Promise.all(futures.map((future) => future.exception()));
      const outcomes = futures.map(({ outcome }) => outcome);
      const [odd] = outcomes.splice(CALLS / 2, 1);
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ status: "fulfilled", value: expect.any(String) });
      }
      const reason = odd?.status === "rejected" ? (odd.reason as unknown) : undefined;
      expect(reason).toBeInstanceOf(SerializationError);
      expect(reason).toMatchObject({ phase: "arguments", path });
    }
    const results = executor.with({ chunkSize: 6 }).map(show, around(make()));
    const ends: unknown[] = [];
    for (let n = 0; n < CALLS; n += 1) {
      ends.push(await results.next().catch((error: unknown) => error));
    }
    const [odd] = ends.splice(CALLS / 2, 1);
    expect(odd).toBeInstanceOf(SerializationError);
    for (const end of ends) expect(end).toMatchObject({ done: false });
  });
});

describe("what all objects inherit", () => {
  const bench = new ThreadBench();

  afterEach(() => {
    delete (Object.prototype as { inherited?: unknown }).inherited;
  });

  test("shows in none that arrives, also where it was added between two calls", async () => {
    const executor = bench.shared();
    await sendMany(executor);
    const first = executor.submit(show, { a: 1, inherited: 2 });
    const futures = [first, executor.submit(show, { a: 1, inherited: 2 })];
    (Object.prototype as { inherited?: unknown }).inherited = "by all";
    for (let n = 0; n < 4; n += 1) futures.push(executor.submit(show, { a: 1 }));
    const texts = await Promise.all(futures.map((future) => future.result()));
    expect(texts).toEqual([
      "{ a: 1, inherited: 2 }",
      "{ a: 1, inherited: 2 }",
      ...Array<string>(4).fill("{ a: 1 }"),
    ]);
  });
});
