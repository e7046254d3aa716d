import { describe, expect, test } from "@jest/globals";
import { inlineTask, type Task } from "../../src/index.js";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches } from "../support/bench.js";

/** What a task may leave behind in its worker. As texts: the tools of the tests would write into functions. */
const REPLACEMENTS: readonly (readonly [what: string, body: string])[] = [
  [
    "timers",
    "Object.assign(globalThis, { setTimeout: keep, setInterval: keep, setImmediate: keep })",
  ],
  ["microtasks", "globalThis.queueMicrotask = keep; process.nextTick = keep;"],
  [
    "clocks",
    "process.hrtime = () => [1, 0]; performance.now = () => 0; globalThis.Date = class {};",
  ],
  ["Atomics", "Object.assign(Atomics, { load: fail, store: fail, add: fail, wait: () => 'ok' })"],
  [
    "promises",
    "Object.assign(Promise.prototype, { then: fail, catch: fail }); Promise.resolve = fail;",
  ],
  ["the iterator of arrays", "Array.prototype[Symbol.iterator] = fail;"],
  [
    "an iterator of arrays that is empty",
    "Array.prototype[Symbol.iterator] = () => ({ next: () => ({ done: true }) });",
  ],
  ["JSON", "JSON.parse = fail; JSON.stringify = fail;"],
  ["Reflect", "Reflect.apply = fail; Reflect.get = fail;"],
  ["structuredClone", "globalThis.structuredClone = fail;"],
  ["AbortController", "globalThis.AbortController = class { constructor() { fail(); } };"],
  ["process.exit", "process.exit = keep;"],
  ["Error", "Error.prepareStackTrace = fail; Object.freeze(Error);"],
];

/** Leaves a replacement behind in the worker that runs it. */
function replacing(body: string): Task<[], unknown> {
  const head =
    "const keep = () => ({ unref() {} }); const fail = () => { throw new Error('looked up'); };";
  return inlineTask(Reflect.construct(Function, [`${head} ${body}`]) as () => unknown);
}

const add = inlineTask((a: number, b: number) => a + b);
const nest = inlineTask((value: { n: number }) => ({ n: value.n, inner: { list: value.n } }));
const wait = inlineTask(async (n: number) => n);
const fail = inlineTask((n: number) => {
  throw new RangeError(`no ${n}`);
});

describe.each(benches)("a %s in which a task has replaced", (_kind, Bench) => {
  const bench = new Bench();

  test.each(REPLACEMENTS)("%s still gives every call its own value", async (_what, body) => {
    const executor = bench.executor({ maxWorkers: 1 });
    // Loaded before, as Node's own loader goes by some of what is replaced.
    await executor.run(Tasks.sameValue, 0);
    await executor.run(replacing(body));

    expect(await executor.run(Tasks.sameValue, 7)).toBe(7);
    expect(await executor.run(Tasks.sameValue, "text")).toBe("text");
    expect(await executor.run(Tasks.sameValue, { n: 1, s: "x" })).toEqual({ n: 1, s: "x" });
    expect(await executor.run(add, 2, 3)).toBe(5);
    expect(await executor.run(nest, { n: 4 })).toEqual({ n: 4, inner: { list: 4 } });
    expect(await executor.run(wait, 5)).toBe(5);
    expect(await executor.with({ name: "named" }).run(wait, 6)).toBe(6);
    expect(await executor.map(add, [1, 2, 3], [4, 5, 6]).toArray()).toEqual([5, 7, 9]);
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    expect(await executor.map(Tasks.sameValue, numbers).toArray()).toEqual(numbers);
    expect(await executor.submit(fail, 8).exception()).toMatchObject({ message: "no 8" });

    await executor.shutdown();
    expect(executor.stats()).toMatchObject({ completed: 312, failed: 1 });
  });
});
