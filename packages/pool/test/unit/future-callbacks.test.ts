import { describe, expect, test } from "@jest/globals";
import type { Future } from "../../src/index.js";
import { createFuture } from "../../src/testing.js";
import { fiveFutures } from "../support/five-futures.js";
import "../support/future-identity.js";

describe("a done callback", () => {
  test("[C1] is called with the future itself after a result", () => {
    const { future, resolve } = createFuture<number>();
    const seen: unknown[][] = [];
    future.addDoneCallback((...args) => seen.push(args));
    expect(seen).toEqual([]);
    resolve(42);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toHaveLength(1);
    expect(seen[0]?.[0]).toBe(future);
  });

  test("[C2] is called after an error, which can be read inside", async () => {
    const error = new Error("no");
    const { future, reject } = createFuture<number>();
    const inside: Promise<unknown>[] = [];
    future.addDoneCallback((one) => {
      expect(one).toBe(future);
      inside.push(one.exception());
    });
    reject(error);
    expect(inside).toHaveLength(1);
    expect(await inside[0]).toBe(error);
  });

  test("[C3] is called after a cancel", () => {
    const { future } = createFuture<number>();
    const seen: unknown[] = [];
    future.addDoneCallback((one) => seen.push(one));
    future.cancel();
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBe(future);
  });

  test.each(["cancelled", "failed", "finished"] as const)(
    "[C4] added to a %s future is called before addDoneCallback() returns",
    (state) => {
      const { future } = fiveFutures()[state];
      const seen: unknown[] = [];
      const remove = future.addDoneCallback((one) => seen.push(one));
      expect(seen).toHaveLength(1);
      expect(seen[0]).toBe(future);
      remove();
      expect(seen).toHaveLength(1);
    },
  );

  test("[C9] added twice is called twice", () => {
    const { future, resolve } = createFuture<number>();
    let calls = 0;
    const count = () => (calls += 1);
    future.addDoneCallback(count);
    future.addDoneCallback(count);
    resolve(1);
    expect(calls).toBe(2);
  });

  test("[C12] is called exactly once, whatever comes later", async () => {
    const { future, start, resolve, reject } = createFuture<number>();
    let calls = 0;
    future.addDoneCallback(() => (calls += 1));
    start();
    resolve(1);
    future.cancel();
    expect(() => reject(new Error("late"))).toThrow("done already");
    await future.result();
    await new Promise(setImmediate);
    expect(calls).toBe(1);
  });

  test("[C13] can be taken away, alone and without harm to the others", () => {
    const { future, resolve, listenerCount } = createFuture<number>();
    const seen: string[] = [];
    const note = () => seen.push("twin");
    future.addDoneCallback(note);
    const removeTwin = future.addDoneCallback(note);
    const removeOther = future.addDoneCallback(() => seen.push("other"));
    expect(listenerCount()).toBe(3);
    removeTwin();
    removeTwin();
    removeOther();
    expect(listenerCount()).toBe(1);
    resolve(1);
    expect(seen).toEqual(["twin"]);
    expect(listenerCount()).toBe(0);
  });

  test("[C13] that an earlier callback takes away is not called", () => {
    const { future, resolve } = createFuture<number>();
    const seen: string[] = [];
    future.addDoneCallback(() => {
      seen.push("first");
      removeLast();
    });
    const removeLast = future.addDoneCallback(() => seen.push("last"));
    resolve(1);
    expect(seen).toEqual(["first"]);
  });

  test("[C14] finds the outcome there without waiting", () => {
    const { future, resolve } = createFuture<number>();
    const seen: unknown[] = [];
    future.addDoneCallback((one) => seen.push(one.state, one.done(), one.outcome));
    resolve(42);
    expect(seen).toEqual(["finished", true, { status: "fulfilled", value: 42 }]);
  });

  test("must be a function", () => {
    const { future } = createFuture<number>();
    const add = (callback: unknown) => future.addDoneCallback(callback as () => void);
    expect(() => add(undefined)).toThrow(TypeError);
    expect(() => add({})).toThrow(TypeError);
  });
});

describe("several done callbacks", () => {
  test("[C5] are called in the order they were added", () => {
    const { future, resolve } = createFuture<number>();
    const order: number[] = [];
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    for (const number of numbers) future.addDoneCallback(() => order.push(number));
    resolve(1);
    expect(order).toEqual(numbers);
  });

  test("[C10] one added inside another is called at once, before those that still wait", () => {
    const { future, resolve } = createFuture<number>();
    const order: string[] = [];
    future.addDoneCallback((one: Future<number>) => {
      order.push("a");
      one.addDoneCallback(() => order.push("nested"));
      order.push("a2");
    });
    future.addDoneCallback(() => order.push("b"));
    resolve(1);
    expect(order).toEqual(["a", "nested", "a2", "b"]);
  });

  test("[C15] are called inside the settling, before any waiter of result() goes on", async () => {
    const { future, resolve } = createFuture<number>();
    const order: string[] = [];
    const waiter = future.result().then(() => order.push("waiter"));
    future.addDoneCallback(() => order.push("callback"));
    resolve(1);
    order.push("settled");
    await waiter;
    expect(order).toEqual(["callback", "settled", "waiter"]);
  });
});
