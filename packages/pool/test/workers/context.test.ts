import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "@jest/globals";
import { SerializationError, type ContextCarrier } from "../../src/index.js";
import * as Tasks from "../fixtures/context-tasks.mjs";
import { benches } from "../support/bench.js";

describe.each(benches)("[X15] the context option of a %s", (_kind, Bench) => {
  const { Executor } = Bench;
  const bench = new Bench();
  const storage = new AsyncLocalStorage<unknown>();
  const context: ContextCarrier = {
    capture: () => storage.getStore(),
    restore: Tasks.restore,
  };

  test("carries the store of each caller to its call", async () => {
    const executor = bench.executor({ maxWorkers: 2, context });
    const stores = await Promise.all(
      ["ana", { user: "bob" }, undefined].map((store) =>
        storage.run(store, () => executor.run(Tasks.whereFromLater, 2)),
      ),
    );
    expect(stores).toEqual(["ana", { user: "bob" }, undefined]);
  });

  test("leaves arguments, names and results as they are", async () => {
    const executor = bench.executor({ context });
    const call = await storage.run("ana", () => executor.run(Tasks.whereFrom, 1, "two"));
    expect(call).toEqual({ store: "ana", args: [1, "two"], name: "whereFrom" });
    const named = executor.with({ name: "mine" });
    expect(await named.run(Tasks.whereFrom)).toEqual({ store: undefined, args: [], name: "mine" });
  });

  test("carries it along with map() and broadcast(), as it was at the call", async () => {
    const executor = bench.executor({ context });
    const map = storage.run("mapper", () =>
      executor.with({ bufferSize: 2 }).map(Tasks.whereFrom, [1, 2, 3]),
    );
    const calls = await storage.run("reader", () => map.toArray());
    expect(calls.map(({ store, args }) => [store, args])).toEqual([
      ["mapper", [1]],
      ["mapper", [2]],
      ["mapper", [3]],
    ]);
    const all = storage.run("caster", () => executor.broadcast(Tasks.whereFrom, 1));
    expect((await all).map(({ store }) => store)).toEqual(["caster"]);
  });

  test("names what cannot be sent: an argument, or the context", async () => {
    const executor = bench.executor({ context });
    const argument = await executor.submit(Tasks.whereFrom, 1, () => 2).exception();
    expect(argument).toBeInstanceOf(SerializationError);
    expect(argument).toMatchObject({ path: "args[1]" });
    const carried = await storage
      .run({ request: () => 1 }, () => executor.submit(Tasks.whereFrom, 1))
      .exception();
    expect(carried).toMatchObject({ path: "context.request" });
    const mapped = await executor
      .map(Tasks.whereFrom, [() => 1])
      .next()
      .catch((error: unknown) => error);
    expect(mapped).toMatchObject({ path: "args[0]" });
  });

  test("fails the call when restore throws, and the submission when capture throws", async () => {
    const refusing = bench.executor({ context: { ...context, restore: Tasks.refuse } });
    await expect(refusing.run(Tasks.whereFrom)).rejects.toThrow("no such context");
    const capture = (): never => {
      throw new RangeError("nothing to capture");
    };
    const failing = bench.executor({ context: { ...context, capture } });
    expect(() => failing.submit(Tasks.whereFrom)).toThrow("nothing to capture");
    expect(() => failing.map(Tasks.whereFrom, [1])).toThrow("nothing to capture");
    expect(failing.stats().pending).toBe(0);
  });

  test("takes a function and a task, and nothing else", () => {
    const make = (given: object): unknown => new Executor({ context: given as ContextCarrier });
    expect(() => make({ capture: 1, restore: Tasks.restore })).toThrow(TypeError);
    expect(() => make({ capture: () => 1, restore: () => 1 })).toThrow(TypeError);
    expect(() => make({ ...context, other: 1 })).toThrow("'other'");
  });
});
