import { describe, expect, test } from "@jest/globals";
import { expectTypeOf } from "expect-type";
import {
  AsyncExecutor,
  defineTasks,
  importTasks,
  type Executor,
  type Future,
  type Task,
  type TasksOf,
} from "../../src/index.js";

const MODULE = import.meta.resolve("../fixtures/algorithms.mjs");

function* eachOf<V>(values: readonly V[]): Generator<V> {
  yield* values;
}

describe("defineTasks()", () => {
  test("keeps the functions and makes each a Task", () => {
    const tasks = defineTasks(import.meta.url, {
      double: (n: number) => n * 2,
      later: async (text: string) => text,
    });
    expectTypeOf(tasks.double).toExtend<Task<[n: number], number>>();
    expectTypeOf(tasks.later).toExtend<Task<[text: string], Promise<string>>>();
    expectTypeOf(tasks.double(1)).toEqualTypeOf<number>();
    expectTypeOf(tasks).toHaveProperty("later");
    expect(tasks.double(21)).toBe(42);
    // @ts-expect-error a text is no number
    expect(tasks.double("21")).toBe(42);
  });

  test("keeps generic functions generic, also where its result is taken apart", async () => {
    const { same, listOf, later, each, double } = defineTasks(import.meta.url, {
      same: <V>(value: V) => value,
      listOf: <V>(value: V, count: number): V[] => new Array<V>(count).fill(value),
      later: async <V extends string>(text: V) => text,
      each: eachOf,
      double: (n: number) => n * 2,
    });
    expectTypeOf(same(1 as number)).toEqualTypeOf<number>();
    expectTypeOf(listOf("a" as string, 2)).toEqualTypeOf<string[]>();
    expectTypeOf(later("b" as const)).toEqualTypeOf<Promise<"b">>();
    expectTypeOf([...each([1, 2])]).toEqualTypeOf<number[]>();
    expectTypeOf(double).toExtend<Task<[n: number], number>>();
    expectTypeOf(same).toExtend<Task<[value: unknown], unknown>>();
    // @ts-expect-error a number is no string
    void later(1);
    const whole = defineTasks(import.meta.url, { pair: <V>(value: V): [V, V] => [value, value] });
    expectTypeOf(whole.pair(1 as number)).toEqualTypeOf<[number, number]>();
    const executor: Executor = new AsyncExecutor();
    expect(await executor.run(listOf, "a", 2)).toEqual(["a", "a"]);
  });

  test("takes nothing but functions", () => {
    // @ts-expect-error a number is no function
    expect(() => defineTasks(import.meta.url, { answer: 42 })).toThrow(TypeError);
  });

  test("an ordinary function is no Task", () => {
    expectTypeOf<(n: number) => number>().not.toExtend<Task<[n: number], number>>();
    expectTypeOf<Task<[n: number], number>>().toExtend<(n: number) => number>();
    const task: Task<[n: number], number> = defineTasks(import.meta.url, {
      half: (n: number) => n / 2,
    }).half;
    expect(task(4)).toBe(2);
  });
});

describe("importTasks<typeof import(…)>()", () => {
  const algorithms = importTasks<typeof import("../fixtures/algorithms.mjs")>(MODULE);

  test("has the functions of the module, typed, and only them", () => {
    type Algorithms = typeof import("../fixtures/algorithms.mjs");
    expectTypeOf(algorithms).toEqualTypeOf<TasksOf<Algorithms>>();
    expectTypeOf<keyof TasksOf<Algorithms>>().toEqualTypeOf<
      "isPrime" | "countPrimes" | "describe"
    >();
    expectTypeOf(algorithms.isPrime).toExtend<Task<[n: number], boolean>>();
    // @ts-expect-error a constant of the module is no task
    expect(algorithms.LIMIT).toBeDefined();
    // @ts-expect-error the module has no such export
    expect(algorithms.isComposite).toBeDefined();
  });

  test("has its tasks run with arguments and results of their types", async () => {
    const executor: Executor = new AsyncExecutor();
    const future = executor.submit(algorithms.isPrime, 97);
    expectTypeOf(future).toEqualTypeOf<Future<boolean>>();
    const count = executor.run(algorithms.countPrimes, 100);
    expectTypeOf(count).toEqualTypeOf<Promise<number>>();
    expect([await future.result(), await count]).toEqual([true, 25]);
    expect(await executor.map(algorithms.isPrime, [1, 2, 3, 4]).toArray()).toEqual([
      false,
      true,
      true,
      false,
    ]);
    // @ts-expect-error a text is no number
    expect(await executor.run(algorithms.isPrime, "nine")).toBe(true);
    expect(await executor.run(algorithms.describe)).toBe("primes");
    expect(await executor.run(algorithms.describe, "small")).toBe("small primes");
  });
});
