import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { Future, InvalidStateError } from "../../src/index.js";
import { createFuture, type Deferred } from "../../src/testing.js";
import { fiveFutures } from "../support/five-futures.js";
import "../support/future-identity.js";

/** What a task may return or throw that a test for truth would take for nothing. */
const FALSY = [undefined, null, 0, -0, NaN, 0n, "", false];

describe("a new future", () => {
  test("[A1] is pending: not running, not cancelled, not done", () => {
    const { future } = createFuture<number>();
    expect(future.state).toBe("pending");
    expect(future.running()).toBe(false);
    expect(future.cancelled()).toBe(false);
    expect(future.done()).toBe(false);
    expect(future.outcome).toBeUndefined();
  });

  test("[A16] comes from executors and createFuture() only: the constructor refuses", () => {
    const construct = (): unknown => Reflect.construct(Future, []);
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow("submit()");
    expect(createFuture().future).toBeInstanceOf(Future);
  });

  test("[A16] offers its holder no way to settle it", () => {
    const { future } = createFuture<number>();
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(future));
    expect(names.filter((name) => /^(resolve|reject|set|start|then$)/.test(name))).toEqual([]);
  });
});

describe("marking a future as running", () => {
  test("[A2] answers true for a pending one, which then runs", () => {
    const deferred = createFuture<number>();
    expect(deferred.start()).toBe(true);
    expect(deferred.future.state).toBe("running");
    expect(deferred.future.running()).toBe(true);
    expect(deferred.future.done()).toBe(false);
  });

  test.each(["running", "failed", "finished"] as const)(
    "[A3] is an InvalidStateError for a %s one",
    (state) => {
      const five = fiveFutures();
      const before = five[state].future.state;
      expect(() => five[state].start()).toThrow(InvalidStateError);
      expect(() => five[state].start()).toThrow(String(five[state].future));
      expect(five[state].future.state).toBe(before);
    },
  );

  test("[A4] answers false for a cancelled one, as its work must be skipped", () => {
    const { cancelled } = fiveFutures();
    expect(cancelled.start()).toBe(false);
    expect(cancelled.start()).toBe(false);
    expect(cancelled.future.state).toBe("cancelled");
  });
});

describe("the outcome", () => {
  test("[A5] of a success is the very value", async () => {
    const value = { answer: 42 };
    const { future, start, resolve } = createFuture<object>();
    start();
    resolve(value);
    expect(future.state).toBe("finished");
    expect(future.done()).toBe(true);
    expect(future.running()).toBe(false);
    expect(await future.result()).toBe(value);
    expect(future.outcome).toEqual({ status: "fulfilled", value });
  });

  test("[A6] of a failure is the very error, as often as it is asked for", async () => {
    const { failed, error } = fiveFutures();
    expect(failed.future.state).toBe("finished");
    expect(await failed.future.exception()).toBe(error);
    for (let times = 0; times < 3; times += 1) {
      await expect(failed.future.result()).rejects.toBe(error);
    }
    expect(failed.future.outcome).toEqual({ status: "rejected", reason: error });
  });

  test.each(["cancelled", "failed", "finished"] as const)(
    "[A7] of a %s future is final: a second outcome is refused and names the state",
    (state) => {
      const deferred = fiveFutures()[state];
      const before = deferred.future.outcome;
      const print = String(deferred.future);
      const attempts = [
        () => deferred.resolve(7),
        () => deferred.reject(new Error("second")),
        () => deferred.cancel(),
      ];
      for (const attempt of attempts) {
        expect(attempt).toThrow(InvalidStateError);
        expect(attempt).toThrow(`${print} is done already`);
      }
      expect(deferred.future.outcome).toBe(before);
      expect(String(deferred.future)).toBe(print);
    },
  );

  test("[A8] may come without the future ever running", async () => {
    const good = createFuture<number>();
    good.resolve(1);
    expect(await good.future.result()).toBe(1);
    const bad = createFuture<number>();
    bad.reject("no");
    expect(await bad.future.exception()).toBe("no");
  });

  test.each(FALSY)("[A10] %p is a value like any other", async (value) => {
    const { future, resolve } = createFuture<unknown>();
    resolve(value);
    expect(future.state).toBe("finished");
    expect(await future.result()).toBe(value);
    expect(await future.exception()).toBeUndefined();
    expect(future.outcome).toEqual({ status: "fulfilled", value });
  });

  test.each(FALSY)("[A11] %p thrown is a failure like any other", async (reason) => {
    const { future, reject } = createFuture<unknown>();
    const early = future.result();
    reject(reason);
    expect(future.state).toBe("finished");
    await expect(early).rejects.toBe(reason);
    await expect(future.result()).rejects.toBe(reason);
    expect(await future.exception()).toBe(reason);
    expect(future.outcome).toEqual({ status: "rejected", reason });
  });

  test("[A12] tells a thrown undefined from no error, which exception() alone cannot", async () => {
    const good = createFuture<undefined>();
    good.resolve(undefined);
    const bad = createFuture<undefined>();
    bad.reject(undefined);
    expect([await good.future.exception(), await bad.future.exception()]).toEqual([
      undefined,
      undefined,
    ]);
    expect(good.future.outcome?.status).toBe("fulfilled");
    expect(bad.future.outcome?.status).toBe("rejected");
  });

  test("[A17] together with the state is one consistent picture in each state", () => {
    const five = fiveFutures();
    const look = ({ future }: Deferred<number>) => [future.state, future.outcome?.status];
    expect(look(five.pending)).toEqual(["pending", undefined]);
    expect(look(five.running)).toEqual(["running", undefined]);
    expect(look(five.cancelled)).toEqual(["cancelled", "rejected"]);
    expect(look(five.failed)).toEqual(["finished", "rejected"]);
    expect(look(five.finished)).toEqual(["finished", "fulfilled"]);
    expect(five.finished.future.outcome).toBe(five.finished.future.outcome);
  });
});

describe("a printed future", () => {
  test.each([
    ["pending", "<Future state=pending>"],
    ["running", "<Future state=running>"],
    ["cancelled", "<Future state=cancelled>"],
    ["failed", "<Future state=finished raised Error>"],
    ["finished", "<Future state=finished returned number>"],
  ] as const)("[A13] shows its state: %s", (state, print) => {
    const { future } = fiveFutures()[state];
    expect(String(future)).toBe(print);
    expect(inspect(future)).toBe(print);
    expect(inspect({ nested: { future } })).toContain(print);
  });

  test.each([
    [null, "null"],
    [undefined, "undefined"],
    ["text", "string"],
    [1n, "bigint"],
    [() => 1, "function"],
    [new Map(), "Map"],
    [[], "Array"],
    [new RangeError("x"), "RangeError"],
    [Object.create(null), "Object"],
  ])("[A13] names the kind of its value, not the value: %#", (value, kind) => {
    const good = createFuture<unknown>();
    good.resolve(value);
    expect(String(good.future)).toBe(`<Future state=finished returned ${kind}>`);
    const bad = createFuture<unknown>();
    bad.reject(value);
    expect(String(bad.future)).toBe(`<Future state=finished raised ${kind}>`);
  });

  test("[A14] names its class, also to Object.prototype.toString", () => {
    expect(Future.name).toBe("Future");
    expect(Object.prototype.toString.call(createFuture().future)).toBe("[object Future]");
  });
});

test("[A15] futures are keys of maps and members of sets by identity", () => {
  const first = createFuture<number>();
  const second = createFuture<number>();
  const codes = new Map([
    [first.future, "BR"],
    [second.future, "FR"],
  ]);
  first.resolve(1);
  second.resolve(1);
  expect(codes.get(first.future)).toBe("BR");
  expect(codes.get(second.future)).toBe("FR");
  expect(new Set([first.future, second.future, first.future]).size).toBe(2);
});

test("a future is no promise: await and async generators hand out the future itself", async () => {
  const { future, resolve } = createFuture<number>();
  resolve(42);
  expect("then" in future).toBe(false);
  async function* futures() {
    yield future;
  }
  for await (const one of futures()) expect(one).toBe(future);
});
