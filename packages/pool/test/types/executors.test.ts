import { describe, expect, test } from "@jest/globals";
import { expectTypeOf } from "expect-type";
import {
  AsyncExecutor,
  defineTasks,
  InlineExecutor,
  withExecutor,
  type Executor,
  type Future,
  type FunctionSubmitter,
  type ResultIterator,
  type Submitter,
  type TaskOptions,
} from "../../src/index.js";
import { currentTask } from "../../src/worker.js";

// Types are checked by `pnpm typecheck`: a wrong one, or a @ts-expect-error that is not needed, fails there.

function add(a: number, b: number): number {
  return a + b;
}
const identity = <T>(value: T): T => value;
const later = async (text: string): Promise<string> => text;
const optional = (a: number, b = 1): number => a + b;
const sum = (...numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);

describe("an executor of this thread", () => {
  const executor = new InlineExecutor();

  test("[A19] submit() infers from functions: named, generic, async, with optional and rest parameters", async () => {
    const futures = {
      named: executor.submit(add, 1, 2),
      generic: executor.submit(identity, ["text"]),
      async: executor.submit(later, "text"),
      optional: executor.submit(optional, 1, 2),
      rest: executor.submit(sum, 1, 2, 3),
      nothing: executor.submit(() => undefined),
    };
    expectTypeOf(futures.named).toEqualTypeOf<Future<number>>();
    expectTypeOf(futures.generic).toEqualTypeOf<Future<string[]>>();
    expectTypeOf(futures.async).toEqualTypeOf<Future<string>>();
    expectTypeOf(futures.optional).toEqualTypeOf<Future<number>>();
    expectTypeOf(futures.rest).toEqualTypeOf<Future<number>>();
    expectTypeOf(futures.nothing).toEqualTypeOf<Future<undefined>>();
    const values = await Promise.all(Object.values(futures).map((future) => future.result()));
    expect(values).toEqual([3, ["text"], "text", 3, 6, undefined]);
  });

  test("[A19] submit() gives lambdas the types of the arguments", async () => {
    const future = executor.submit(
      (a, b) => {
        expectTypeOf(a).toEqualTypeOf<number>();
        expectTypeOf(b).toEqualTypeOf<string>();
        return b.repeat(a);
      },
      2,
      "ab",
    );
    expectTypeOf(future).toEqualTypeOf<Future<string>>();
    expect(await future.result()).toBe("abab");
  });

  test("submit() refuses arguments that do not fit", async () => {
    const futures = [
      // @ts-expect-error the second argument is missing
      executor.submit(add, 1),
      // @ts-expect-error there is no third parameter
      executor.submit(add, 1, 2, 3),
      // @ts-expect-error a text is no number
      executor.submit(add, 1, "2"),
    ];
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual([NaN, 3, "12"]);
    // @ts-expect-error a number is no function
    expect(() => executor.submit(5)).toThrow(TypeError);
  });

  test("run() promises the awaited value", async () => {
    expectTypeOf(executor.run(add, 1, 2)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(executor.run(later, "x")).toEqualTypeOf<Promise<string>>();
    const lambda = executor.run((a) => a.toUpperCase(), "x");
    expectTypeOf(lambda).toEqualTypeOf<Promise<string>>();
    expect(await lambda).toBe("X");
  });

  test("map() takes one iterable for each parameter, sync or async", async () => {
    async function* letters() {
      yield "a";
      yield "b";
    }
    const mapped = executor.map((n: number, text: string) => text.repeat(n), [1, 2], letters());
    expectTypeOf(mapped).toEqualTypeOf<ResultIterator<string>>();
    expectTypeOf(mapped.toArray()).toEqualTypeOf<Promise<string[]>>();
    expectTypeOf(executor.map(later, new Set(["x"]))).toEqualTypeOf<ResultIterator<string>>();
    for await (const one of executor.map(add, [1], [2])) expectTypeOf(one).toEqualTypeOf<number>();
    expect(await executor.map(add, [1, 2], [3, 4]).toArray()).toEqual([4, 6]);
    // @ts-expect-error the texts stand where numbers are wanted
    expect(await executor.map(add, ["a"], [1]).toArray()).toEqual(["a1"]);
    // @ts-expect-error the second parameter has no iterable
    expect(await executor.map(add, [1]).toArray()).toEqual([NaN]);
    const optional = (a: number, b?: number): number => a + (b ?? 0);
    expect(await executor.map(optional, [1]).toArray()).toEqual([1]);
    // @ts-expect-error a number cannot be iterated over
    expect(() => executor.map(add, 1, [2])).toThrow(TypeError);
  });

  test("with() gives the same ways in, and can be chained", async () => {
    const bound = executor.with({ name: "x" }).with({ bufferSize: 2 });
    expectTypeOf(bound).toEqualTypeOf<FunctionSubmitter>();
    expectTypeOf(bound.submit(add, 1, 2)).toEqualTypeOf<Future<number>>();
    expectTypeOf(bound.submit((a) => a, 1)).toEqualTypeOf<Future<number>>();
    expectTypeOf(bound.run(later, "x")).toEqualTypeOf<Promise<string>>();
    expectTypeOf(bound.map(add, [1], [2])).toEqualTypeOf<ResultIterator<number>>();
    expect(await bound.run(() => currentTask().name)).toBe("x");
    // @ts-expect-error there is no such option
    expect(() => executor.with({ timeout: 5 })).toThrow(TypeError);
  });

  test("options may be given as undefined, as where they come from options of one's own", async () => {
    const options: TaskOptions = { signal: undefined, timeoutMs: undefined, name: undefined };
    expect(await executor.with(options).run(add, 1, 2)).toBe(3);
    expect(new AsyncExecutor({ maxWorkers: undefined }).maxWorkers).toBe(32);
  });
});

describe("an executor of whatever kind", () => {
  const executor: Executor = new AsyncExecutor();
  const tasks = defineTasks(import.meta.url, { add, later, identity: (value: unknown) => value });

  test("[A19] submit(), run() and map() infer from tasks", async () => {
    expectTypeOf(executor.submit(tasks.add, 1, 2)).toEqualTypeOf<Future<number>>();
    expectTypeOf(executor.submit(tasks.later, "x")).toEqualTypeOf<Future<string>>();
    expectTypeOf(executor.run(tasks.later, "x")).toEqualTypeOf<Promise<string>>();
    expectTypeOf(executor.map(tasks.add, [1], [2])).toEqualTypeOf<ResultIterator<number>>();
    expectTypeOf(executor.with({ name: "x" })).toEqualTypeOf<Submitter>();
    expectTypeOf(executor.with({}).submit(tasks.add, 1, 2)).toEqualTypeOf<Future<number>>();
    expect(await executor.run(tasks.add, 1, 2)).toBe(3);
  });

  test("takes tasks only: an ordinary function does not compile", async () => {
    // Here they run all the same, as this one happens to be of a kind that takes any function.
    const results = [
      // @ts-expect-error a closure cannot be named to a worker
      executor.run(() => 1),
      // @ts-expect-error nor can a function that was never made a task
      executor.submit(sum, 1).result(),
      // @ts-expect-error nor with options
      executor.with({}).run(() => 1),
      // @ts-expect-error nor in map
      executor.map(() => 1, [1]).toArray(),
    ];
    expect(await Promise.all(results)).toEqual([1, 1, 1, [1]]);
  });

  test("checks the arguments of tasks", async () => {
    // @ts-expect-error the second argument is missing
    expect(await executor.run(tasks.add, 1)).toBe(NaN);
    // @ts-expect-error a text is no number
    expect(await executor.run(tasks.add, 1, "2")).toBe("12");
  });
});

test("withExecutor() hands the executor on as what it is, and promises the awaited result", async () => {
  const result = withExecutor(new AsyncExecutor(), (executor) => {
    expectTypeOf(executor).toEqualTypeOf<AsyncExecutor>();
    return executor.run(() => 42);
  });
  expectTypeOf(result).toEqualTypeOf<Promise<number>>();
  expect(await result).toBe(42);
});
