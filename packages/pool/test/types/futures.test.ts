import { describe, expect, test } from "@jest/globals";
import { expectTypeOf } from "expect-type";
import {
  asCompleted,
  Future,
  InlineExecutor,
  wait,
  type FutureState,
  type WaitResult,
} from "../../src/index.js";
import { createFuture, type Deferred } from "../../src/testing.js";
import "../support/future-identity.js";

function finished<T>(value: T): Future<T> {
  const { future, resolve } = createFuture<T>();
  resolve(value);
  return future;
}

describe("Future<T>", () => {
  test("[A17] has a state of four words and an outcome that tells value from error by its status", () => {
    const future = finished(42);
    expectTypeOf(future.state).toEqualTypeOf<FutureState>();
    expectTypeOf<FutureState>().toEqualTypeOf<"pending" | "running" | "cancelled" | "finished">();
    const { outcome } = future;
    expectTypeOf(outcome).toEqualTypeOf<PromiseSettledResult<number> | undefined>();
    const value = outcome?.status === "fulfilled" ? outcome.value : undefined;
    expectTypeOf(value).toEqualTypeOf<number | undefined>();
    expect(value).toBe(42);
  });

  test("[A19] gives its type to result() and to callbacks, and unknown for errors", async () => {
    const future = finished(["text"]);
    expectTypeOf(future.result()).toEqualTypeOf<Promise<string[]>>();
    expectTypeOf(future.exception()).toEqualTypeOf<Promise<unknown>>();
    let seen: Future<string[]> | undefined;
    const remove = future.addDoneCallback((one) => {
      expectTypeOf(one).toEqualTypeOf<Future<string[]>>();
      seen = one;
    });
    expectTypeOf(remove).toEqualTypeOf<() => void>();
    expect(seen).toBe(future);
  });

  test("is covariant: a future of numbers is one of numbers or texts, not the other way round", () => {
    expectTypeOf<Future<number>>().toExtend<Future<number | string>>();
    expectTypeOf<Future<number>>().toExtend<Future<unknown>>();
    expectTypeOf<Future<number | string>>().not.toExtend<Future<number>>();
    expectTypeOf<Future<unknown>>().not.toExtend<Future<number>>();
    const wider: Future<number | string> = finished(1);
    expect(wider.outcome).toEqual({ status: "fulfilled", value: 1 });
  });

  test("[A16] cannot be constructed, awaited for its value, or settled by its holder", async () => {
    expect(() => {
      // @ts-expect-error the constructor is private
      const made: unknown = new Future<number>(Symbol("future"));
      return made;
    }).toThrow(TypeError);
    const future = finished(42);
    // eslint-disable-next-line @typescript-eslint/await-thenable -- that it is not thenable is the point
    const awaited = await future;
    expectTypeOf(awaited).toEqualTypeOf<Future<number>>();
    expect(awaited).toBe(future);
    expectTypeOf(future).not.toHaveProperty("resolve");
    expectTypeOf(future).not.toHaveProperty("then");
  });

  test("createFuture() types both sides", () => {
    const deferred = createFuture<number>();
    expectTypeOf(deferred).toEqualTypeOf<Deferred<number>>();
    expectTypeOf(deferred.resolve).toEqualTypeOf<(value: number) => void>();
    // @ts-expect-error a text is no number
    deferred.resolve("text");
    expect(deferred.future.outcome).toEqual({ status: "fulfilled", value: "text" });
  });
});

describe("asCompleted()", () => {
  test("[F19] keeps the type of the futures it was given", async () => {
    /** A future with a note on it, as programs make them. */
    type Named = Future<number> & { code: string };
    const named: Named = Object.assign(finished(1), { code: "BR" });
    const iterator = asCompleted([named]);
    expectTypeOf(iterator).toExtend<AsyncIterableIterator<Named>>();
    const codes: string[] = [];
    for await (const future of iterator) {
      expectTypeOf(future).toEqualTypeOf<Named>();
      codes.push(future.code);
    }
    expect(codes).toEqual(["BR"]);
  });

  test("mixes futures of different types into their union", async () => {
    const values: (number | string)[] = [];
    for await (const future of asCompleted([finished(1), finished("x")])) {
      values.push(await future.result());
    }
    expect(values).toEqual([1, "x"]);
  });

  test("takes futures only", () => {
    // @ts-expect-error a value is no future
    expect(() => asCompleted([finished(1), 2])).toThrow(TypeError);
    // @ts-expect-error the limit has its unit in its name
    expect(() => asCompleted([finished(1)], { timeout: 5 })).toThrow(TypeError);
  });
});

describe("wait()", () => {
  test("[E1] promises two sets of what it was given", async () => {
    const executor = new InlineExecutor();
    const futures = [1, 2].map((n) => executor.submit(() => n));
    const waiting = wait(futures, { returnWhen: "FIRST_EXCEPTION", timeoutMs: 5 });
    expectTypeOf(waiting).toEqualTypeOf<Promise<WaitResult<Future<number>>>>();
    const { done, notDone } = await waiting;
    expectTypeOf(done).toEqualTypeOf<Set<Future<number>>>();
    expectTypeOf(notDone).toEqualTypeOf<Set<Future<number>>>();
    expect([done.size, notDone.size]).toEqual([2, 0]);
  });

  test("[E14] knows the words for returnWhen", () => {
    // @ts-expect-error there is no such word
    expect(() => wait([finished(1)], { returnWhen: "FIRST" })).toThrow(RangeError);
  });

  test("takes futures of different types and any iterable", async () => {
    const { done } = await wait(new Set([finished(1), finished("x")]));
    const values = await Promise.all([...done].map((future) => future.result()));
    expectTypeOf(values).toEqualTypeOf<(number | string)[]>();
    expect(values).toEqual([1, "x"]);
  });
});
