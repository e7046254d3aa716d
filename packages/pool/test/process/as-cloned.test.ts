import { inspect } from "node:util";
import { runInNewContext, runInThisContext } from "node:vm";
import { describe, expect, test } from "@jest/globals";
import * as Tasks from "../fixtures/process-tasks.mjs";
import { ProcessBench } from "../support/bench.js";

class OwnLength extends Uint8Array {
  override get length(): number {
    return 99;
  }
}

class OwnError extends RangeError {
  readonly code = "OWN";
}

/** That of the process: Jest gives tests another. */
function environment(): object {
  return runInThisContext("process.env") as object;
}

function cyclic(): object {
  const one: Record<string, unknown> = { n: 1 };
  one["self"] = one;
  return one;
}

function lastIndexed(): RegExp {
  const pattern = /a/g;
  pattern.lastIndex = 3;
  return pattern;
}

const values: Record<string, () => unknown> = {
  errors: () => [
    new Error("a"),
    new TypeError("b", { cause: new Error("c") }),
    new OwnError("d"),
    new AggregateError([new Error("x")], "e"),
  ],
  maps: () =>
    new Map<unknown, unknown>([
      [{ a: 1 }, [1]],
      ["k", new Map([[1, cyclic()]])],
    ]),
  sets: () => new Set([1, "a", { a: 1 }]),
  dates: () => [new Date(5), { at: new Date(NaN) }],
  patterns: () => [lastIndexed(), { pattern: lastIndexed() }],
  bigints: () => [12345678901234567890n, -0n, { n: 1n }],
  "typed arrays": () => [
    new Int8Array([1]),
    new Uint8ClampedArray([300]),
    new Float64Array([NaN, -0]),
    new BigInt64Array([1n]),
    new DataView(new ArrayBuffer(3), 1),
  ],
  "a Buffer": () => Buffer.from("hello"),
  "a part of a Buffer": () => Buffer.from("hello, world").subarray(2, 5),
  "a Buffer in an object": () => ({ bytes: Buffer.from("hello") }),
  "an heir of bytes": () => new OwnLength([1, 2, 3]),
  "bytes with properties of their own": () =>
    Object.defineProperties(new Uint8Array([1, 2, 3]), {
      length: { value: 2 },
      buffer: { value: new ArrayBuffer(7) },
    }),
  "what is no bytes but an heir of them": () =>
    Object.create(Buffer.prototype as object) as unknown,
  "memory that can grow": () =>
    Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }]) as unknown,
  "a view of memory that can grow": () =>
    new Uint8Array(Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }]) as ArrayBuffer),
  "a sparse array": () => Object.assign(new Array<unknown>(3), { 0: 1, 2: 3, name: "x" }),
  "an array that begins with nothing": () => [undefined, null, NaN, -0],
  "boxed primitives": () => [
    new Number(-0),
    new String("s"),
    new Boolean(false),
    Object(5n) as object,
  ],
  "a circle": cyclic,
  "no prototype": () => Object.assign(Object.create(null) as object, { a: 1 }),
  "a property of that name": () => JSON.parse('{"__proto__":{"x":1},"b":2}') as unknown,
  "a method's name": () => ({ toJSON: 5, a: 1 }),
  "a hidden property": () => Object.defineProperty({ a: 1 }, "hidden", { value: 2 }),
  "a symbol for a name": () => ({ [Symbol("s")]: 1, a: 2 }),
  "a getter": () => ({
    get x() {
      return 7;
    },
  }),
  "values of another realm": () =>
    runInNewContext(
      "({ a: 1, b: [1, { c: 2 }], m: new Map([[1, 2]]), u: new Uint8Array(2) })",
    ) as unknown,
  "a record of another realm": () => runInNewContext("({ a: 1 })") as unknown,
  "the environment": environment,
  "the environment among others": () => [environment(), { env: environment() }],
  "half a character": () => ["\ud800", "é".repeat(5_000) + "\ud83d"],
  "many properties": () =>
    Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`name${n}`, n])),
  "nothing at all": () => [{}, [], new Uint8Array(0), new ArrayBuffer(0), ""],
};

describe("between processes a value arrives as structured clone copies it:", () => {
  const bench = new ProcessBench();
  const shown = (value: unknown): string => inspect(value, { depth: 6, showHidden: true });

  test.each(Object.entries(values))("%s", async (_what, make) => {
    const executor = bench.shared();
    const value = make();
    const wanted = shown(structuredClone(value));
    expect(shown(await executor.run(Tasks.echo, value))).toBe(wanted);
    // As a part of more, beside itself in a chunk, and with a name for the call.
    const [part] = (await executor.run(Tasks.echo, [value])) as unknown[];
    expect(shown(part)).toBe(wanted);
    const chunk = executor.with({ chunkSize: 3 }).map(Tasks.echo, [value, 1, value]);
    const [one, number, other] = await chunk.toArray();
    expect([shown(one), number, shown(other)]).toEqual([wanted, 1, wanted]);
    expect(shown(await executor.with({ name: "named" }).run(Tasks.echo, value))).toBe(wanted);
  });

  test.each<[string, () => unknown, string]>([
    [
      "a proxy that was revoked",
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return { list: [proxy] };
      },
      "args[0].list[0]",
    ],
    ["a proxy of bytes", () => new Proxy(new Uint8Array(4), {}), "args[0]"],
    [
      "a getter that throws",
      () => ({
        deep: {
          get trap(): never {
            throw new Error("no");
          },
        },
      }),
      "args[0].deep.trap",
    ],
    [
      "what only threads share, beside the environment",
      () => [environment(), new SharedArrayBuffer(1)],
      "args[0][1]",
    ],
  ])("%s fails its own call, and no other of its frame or chunk", async (_what, make, path) => {
    const executor = bench.shared();
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 50 }, (_, n) => executor.run(Tasks.echo, { n })));
    }
    const before = Array.from({ length: 20 }, (_, n) => executor.run(Tasks.echo, { n, list: [n] }));
    const bad = executor.submit(Tasks.echo, make());
    const after = Array.from({ length: 20 }, (_, n) => executor.run(Tasks.echo, { n, list: [n] }));
    expect(await bad.exception()).toMatchObject({ code: "CONCUR_NOT_SERIALIZABLE", path });
    const wanted = Array.from({ length: 20 }, (_, n) => ({ n, list: [n] }));
    expect(await Promise.all(before)).toEqual(wanted);
    expect(await Promise.all(after)).toEqual(wanted);
    const chunk = executor.with({ chunkSize: 3 }).map(Tasks.echo, [[1], make(), [3]]);
    expect((await chunk.next()).value).toEqual([1]);
    await expect(chunk.next()).rejects.toMatchObject({ path });
    expect((await chunk.next()).value).toEqual([3]);
  });

  test("texts that are too long for one text go all the same", async () => {
    const executor = bench.shared();
    // As JSON each character would be six.
    const text = "\u0001".repeat(4_096);
    const items = new Array<string>(22_500).fill(text);
    const lengths = executor.with({ chunkSize: items.length }).map(Tasks.lengthOf, items);
    expect(new Set(await lengths.toArray())).toEqual(new Set([4_096]));
    const record = { text };
    const records = new Array<typeof record>(22_500).fill(record);
    const texts = executor.with({ chunkSize: items.length }).map(Tasks.lengthOf, records);
    expect(new Set(await texts.toArray())).toEqual(new Set([4_096]));
    expect(await executor.run(Tasks.echo, "next")).toBe("next");
  });

  test("a hundred thousand numbers in one chunk arrive, those included that JSON does not know", async () => {
    const executor = bench.shared();
    const items = Array.from({ length: 100_000 }, (_, n) => (n % 3 === 0 ? -0 : n / 3));
    const results = executor.with({ chunkSize: items.length }).map(Tasks.echo, items);
    expect(await results.toArray()).toEqual(items);
  });
});
