import { describe, expect, test } from "@jest/globals";
import { inlineTask, SerializationError, type Future } from "../../src/index.js";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches } from "../support/bench.js";

class Request2 extends Request {}

class Holder {
  readonly url = new URL("http://127.0.0.1/");
}

class Point {
  readonly x = 1;
  get [Symbol.toStringTag](): string {
    return "Point";
  }
}

const INSTANCES: readonly (readonly [what: string, value: unknown, path: string, hint: RegExp])[] =
  [
    ["a URL", new URL("http://127.0.0.1/"), "args[0]", /is a URL, .*: send its href$/],
    ["URLSearchParams", new URLSearchParams("a=1"), "args[0]", /URLSearchParams, .*toString\(\)/],
    ["Headers", new Headers({ a: "1" }), "args[0]", /Headers, .*\[\.\.\.headers\]/],
    ["a Request", new Request("http://127.0.0.1/"), "args[0]", /Request, .*url/],
    [
      "a class of one's own below Request",
      new Request2("http://127.0.0.1/"),
      "args[0]",
      /Request2/,
    ],
    ["a Response", new Response("x"), "args[0]", /Response, .*arrayBuffer\(\)/],
    ["FormData", new FormData(), "args[0]", /FormData/],
    ["an AbortSignal", new AbortController().signal, "args[0]", /with\(\{ signal \}\)/],
    ["an AbortController", new AbortController(), "args[0]", /with\(\{ signal \}\)/],
    ["an Event", new Event("x"), "args[0]", /Event/],
    ["deep inside plain objects", { a: [{ b: new Headers() }] }, "args[0].a[0].b", /Headers/],
    ["in a Map", new Map([["k", new URL("http://a/")]]), 'args[0].get("k")', /URL/],
    ["in a Set", new Set([new Headers()]), "args[0] (a Set) element [0]", /Headers/],
    ["in an instance", new Holder(), "args[0].url", /URL/],
    [
      "as the cause of an error",
      new Error("x", { cause: new Headers() }),
      "args[0].cause",
      /Headers/,
    ],
  ];

async function expectRefused(
  future: Future<unknown>,
  phase: string,
  path: string,
  message = /./,
): Promise<void> {
  const error = await future.exception();
  expect(error).toBeInstanceOf(SerializationError);
  expect(error).toMatchObject({ phase, path, message: expect.stringMatching(message) });
}

describe.each(benches)("what would arrive at a %s as an empty object", (_kind, Bench) => {
  const bench = new Bench();

  test.each(INSTANCES)("is refused: %s", async (_what, value, path, hint) => {
    const executor = bench.shared();
    const before = executor.submit(Tasks.sameValue, { n: 1 });
    const bad = executor.submit(Tasks.sameValue, value);
    const after = executor.submit(Tasks.sameValue, [2]);
    await expectRefused(bad, "arguments", path, hint);
    expect(await before.result()).toEqual({ n: 1 });
    expect(await after.result()).toEqual([2]);
  });

  test("is refused wherever it goes in: with a name, a transfer list, in a map, a stream, a broadcast", async () => {
    const executor = bench.shared();
    const url = new URL("http://127.0.0.1/");
    await expectRefused(
      executor.with({ name: "n" }).submit(Tasks.sameValue, url),
      "arguments",
      "args[0]",
    );
    const transfer = [new ArrayBuffer(8)];
    await expectRefused(
      executor.with({ transfer }).submit(Tasks.sameValue, url),
      "arguments",
      "args[0]",
    );
    const mapped = executor.map(Tasks.sameValue, [1, url, 3]);
    expect((await mapped.next()).value).toBe(1);
    await expect(mapped.next()).rejects.toMatchObject({ phase: "arguments", path: "args[0]" });
    const collects = inlineTask(async (items: AsyncIterable<unknown>) => {
      let count = 0;
      for await (const item of items) if (item !== undefined) count += 1;
      return count;
    });
    const items = (async function* () {
      yield url;
    })();
    await expect(executor.run(collects, items)).rejects.toMatchObject({ phase: "arguments" });
    await expect(executor.broadcast(Tasks.sameValue, url)).rejects.toMatchObject({
      phase: "arguments",
      path: "args[0]",
    });
    expect(() => bench.executor({ initializer: Tasks.remember, initializerArgs: [url] })).toThrow(
      "initializerArgs[0] is a URL",
    );
  });

  test("is refused as a result, in a result, in a chunk of a map, as an item and as progress", async () => {
    const executor = bench.shared();
    const asResult = inlineTask(() => new URL("http://127.0.0.1/"));
    const inResult = inlineTask(() => ({ list: [{ headers: new Headers() }] }));
    const some = inlineTask((n: number) => (n === 1 ? new Headers() : { n }));
    const asItem = inlineTask(function* () {
      yield 1;
      yield new Headers();
    });
    await expectRefused(executor.submit(asResult), "result", "result", /send its href/);
    await expectRefused(executor.submit(inResult), "result", "result.list[0].headers");
    const mapped = executor.with({ chunkSize: 3 }).map(some, [0, 1, 2]);
    expect((await mapped.next()).value).toEqual({ n: 0 });
    await expect(mapped.next()).rejects.toMatchObject({ phase: "result", path: "result" });
    const items = executor.stream(asItem);
    expect((await items.next()).value).toBe(1);
    await expect(items.next()).rejects.toMatchObject({ phase: "result" });
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
  });

  test("is not what has its data in properties: such an instance arrives as a plain object", async () => {
    const executor = bench.shared();
    expect(await executor.run(Tasks.sameValue, new Point())).toEqual({ x: 1 });
    expect(await executor.run(Tasks.sameValue, { when: new Date(5), re: /x/g })).toEqual({
      when: new Date(5),
      re: /x/g,
    });
  });

  test("is looked for in what leads back to itself, and in tables of a hundred thousand rows", async () => {
    const executor = bench.shared();
    const ring: Record<string, unknown> = { n: 1, list: [1] };
    ring["self"] = ring;
    const keysOf = inlineTask((value: object) => Object.keys(value).length);
    expect(await executor.run(keysOf, ring)).toBe(3);
    const rows = Array.from({ length: 100_000 }, (_, n) => ({ n }));
    expect(await executor.run(keysOf, rows)).toBe(100_000);
    const withUrls = rows.map(({ n }) => ({ n, url: new URL("http://127.0.0.1/") }));
    await expectRefused(executor.submit(keysOf, withUrls), "arguments", "args[0][0].url");
  });
});
