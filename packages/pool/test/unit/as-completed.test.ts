import { describe, expect, test } from "@jest/globals";
import {
  asCompleted,
  AsyncExecutor,
  InlineExecutor,
  type Future,
  type WaitLimits,
} from "../../src/index.js";
import { createFuture, type Deferred } from "../../src/testing.js";
import { collect, deferreds, futuresOf } from "../support/deferreds.js";
import { fiveFutures } from "../support/five-futures.js";
import "../support/future-identity.js";

describe("what comes out", () => {
  test("[F1] is every future, of whatever state", async () => {
    const five = fiveFutures();
    const all = [five.pending, five.running, five.cancelled, five.failed, five.finished];
    const reading = collect(asCompleted(futuresOf(all)));
    five.running.resolve(1);
    five.pending.future.cancel();
    const { yielded, error } = await reading;
    expect(error).toBeUndefined();
    expect(yielded).toHaveLength(5);
    expect(new Set(yielded)).toEqual(new Set(futuresOf(all)));
  });

  test("[F2] begins with those that were done beforehand, in their order", async () => {
    const { pending, finished, failed } = fiveFutures();
    const iterator = asCompleted([pending.future, finished.future, failed.future]);
    pending.resolve(1);
    const { yielded } = await collect(iterator);
    expect(yielded.map((one) => String(one))).toEqual([
      "<Future state=finished returned number>",
      "<Future state=finished raised Error>",
      "<Future state=finished returned number>",
    ]);
    expect(yielded[0]).toBe(finished.future);
    expect(yielded[2]).toBe(pending.future);
  });

  test.each(["before", "while"])(
    "[F3] goes on in the order of the ends, settled %s somebody waits",
    async (when) => {
      const three = deferreds(3);
      const futures = futuresOf(three);
      const iterator = asCompleted(futures);
      const order: number[] = [];
      for (const index of [2, 0, 1]) {
        if (when === "before") three[index]?.resolve(index);
      }
      for (const index of [2, 0, 1]) {
        const next = iterator.next();
        if (when === "while") three[index]?.resolve(index);
        const { value } = (await next) as { value: Future<number> };
        order.push(futures.indexOf(value));
      }
      expect(order).toEqual([2, 0, 1]);
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
    },
  );

  test("[F4] is each future once, also when it was given more often", async () => {
    const { pending, finished } = fiveFutures();
    function* input() {
      yield* [finished.future, pending.future, finished.future, pending.future, finished.future];
    }
    const reading = collect(asCompleted(input()));
    pending.resolve(1);
    expect((await reading).yielded).toHaveLength(2);
  });

  test("[F9] is futures, not values: a failed one does not throw out of the loop", async () => {
    const { failed, error } = fiveFutures();
    const { yielded, error: thrown } = await collect(asCompleted([failed.future]));
    expect(thrown).toBeUndefined();
    expect(yielded[0]).toBe(failed.future);
    expect(await yielded[0]?.exception()).toBe(error);
  });

  test("[F10] is cancelled futures too", async () => {
    const { cancelled, pending } = fiveFutures();
    const reading = collect(asCompleted([pending.future, cancelled.future]));
    pending.future.cancel();
    const { yielded } = await reading;
    expect(yielded.map((future) => future.cancelled())).toEqual([true, true]);
  });

  test("[F14] is nothing for no futures", async () => {
    expect(await collect(asCompleted([]))).toEqual({ yielded: [], error: undefined });
    expect(await collect(asCompleted([], { timeoutMs: 0 }))).toEqual({
      yielded: [],
      error: undefined,
    });
  });

  test("[F15] mixes futures of several executors", async () => {
    await using first = new AsyncExecutor({ maxWorkers: 1 });
    await using second = new InlineExecutor();
    const own = createFuture<number>();
    const futures = [own.future, first.submit(async () => 1), second.submit(() => 2)];
    const reading = collect(asCompleted(futures));
    setImmediate(() => own.resolve(3));
    const { yielded } = await reading;
    expect(await Promise.all(yielded.map((future) => future.result()))).toEqual([2, 1, 3]);
  });
});

describe("the input", () => {
  test("[F7] is read at the call", () => {
    const { finished } = fiveFutures();
    let reads = 0;
    function* input() {
      reads += 1;
      yield finished.future;
    }
    asCompleted(input());
    expect(reads).toBe(1);
  });

  test("[F17] may be a generator that submits: all is submitted before the first comes out", async () => {
    await using executor = new AsyncExecutor({ maxWorkers: 2 });
    let submitted = 0;
    function* submissions() {
      for (let size = 12; size > 0; size -= 1) {
        submitted += 1;
        yield executor.submit(async (n: number) => n, size);
      }
    }
    const seen: number[] = [];
    for await (const future of asCompleted(submissions())) {
      expect(submitted).toBe(12);
      seen.push(await future.result());
    }
    expect(seen).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test.each([
    ["nothing", undefined],
    ["a future alone", createFuture().future],
    ["promises", [Promise.resolve(1)]],
    ["a map", new Map([[createFuture().future, 1]])],
  ])("must be futures: %s is a TypeError at the call", (_name, input) => {
    expect(() => asCompleted(input as Iterable<Future<unknown>>)).toThrow(TypeError);
  });

  test.each([
    [{ timeoutMs: NaN }, RangeError],
    [{ timeoutMs: "5" }, TypeError],
    [{ signal: 1 }, TypeError],
    [{ timeout: 5 }, TypeError],
  ])("is not read when the limits are bad: %p", (limits, kind) => {
    let reads = 0;
    function* input(): Generator<Future<number>> {
      reads += 1;
      yield fiveFutures().finished.future;
    }
    expect(() => asCompleted(input(), limits as WaitLimits)).toThrow(kind);
    expect(reads).toBe(0);
  });
});

describe("the iterator", () => {
  test("[F19] is one pass: it is its own iterator, and at the end it stays there", async () => {
    const { finished } = fiveFutures();
    const iterator = asCompleted([finished.future]);
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
    expect((await collect(iterator)).yielded).toHaveLength(1);
    expect((await collect(iterator)).yielded).toHaveLength(0);
  });

  test("[F19] gives two different futures to two calls of next() at once", async () => {
    const [first, second] = deferreds(2) as [Deferred<number>, Deferred<number>];
    const iterator = asCompleted(futuresOf([first, second]));
    const steps = [iterator.next(), iterator.next(), iterator.next()];
    second.resolve(2);
    first.resolve(1);
    expect(await Promise.all(steps)).toEqual([
      { done: false, value: second.future },
      { done: false, value: first.future },
      { done: true, value: undefined },
    ]);
  });

  test("[F21] is disposable", async () => {
    const { pending } = fiveFutures();
    {
      await using iterator = asCompleted([pending.future]);
      expect(pending.listenerCount()).toBe(1);
      expect(iterator).toBeDefined();
    }
    expect(pending.listenerCount()).toBe(0);
  });
});
