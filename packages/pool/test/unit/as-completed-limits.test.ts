import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { asCompleted, TimeoutError, type Future } from "../../src/index.js";
import { createFuture, type Deferred } from "../../src/testing.js";
import { collect, deferreds, futuresOf } from "../support/deferreds.js";
import { fiveFutures } from "../support/five-futures.js";
import { inTime } from "../support/in-time.js";
import "../support/future-identity.js";

describe("a time limit", () => {
  test.each([0, 10])("[F5] of %p ms lets out what is done, and then rejects", async (timeoutMs) => {
    const five = fiveFutures();
    const all = [five.pending, five.cancelled, five.running, five.failed, five.finished];
    const { yielded, error } = await collect(asCompleted(futuresOf(all), { timeoutMs }));
    expect(yielded).toEqual(futuresOf([five.cancelled, five.failed, five.finished]));
    expect(error).toBeInstanceOf(TimeoutError);
  });

  test("[F6] counts in its message and in fields", async () => {
    const five = fiveFutures();
    const all = [five.pending, five.running, five.failed, five.finished];
    const { error } = await collect(asCompleted(futuresOf(all), { timeoutMs: 0 }));
    expect(error).toMatchObject({
      message: "2 (of 4) futures unfinished",
      unfinished: 2,
      total: 4,
      code: "CONCUR_TIMEOUT",
    });
  });

  test("[F20] counts distinct futures", async () => {
    const [first, second] = futuresOf(deferreds(2)) as [Future<number>, Future<number>];
    const { error } = await collect(asCompleted([first, first, second], { timeoutMs: 0 }));
    expect(error).toMatchObject({ message: "2 (of 2) futures unfinished" });
  });

  test("[F7] runs from the call, not from the first next()", async () => {
    const late = createFuture<number>();
    const iterator = asCompleted([late.future], { timeoutMs: 20 });
    await sleep(60);
    late.resolve(1);
    await expect(iterator.next()).rejects.toMatchObject({ unfinished: 1, total: 1 });
  });

  test("[F7] that ran out before next() is not waited for again", async () => {
    const { pending } = fiveFutures();
    const iterator = asCompleted([pending.future], { timeoutMs: 50 });
    await sleep(100);
    let error: unknown;
    iterator.next().catch((reason: unknown) => (error = reason));
    await new Promise(setImmediate);
    expect(error).toBeInstanceOf(TimeoutError);
  });

  test("[F8] loses nothing to a slow reader: what was done in time still comes out", async () => {
    const [early, iterator] = await inTime(50, async (timeoutMs) => {
      const [first, never] = deferreds(2) as [Deferred<number>, Deferred<number>];
      const deadline = performance.now() + timeoutMs;
      const begun = asCompleted(futuresOf([first, never]), { timeoutMs });
      first.resolve(1);
      const isInTime = performance.now() < deadline;
      while (performance.now() < deadline + timeoutMs) await sleep(1);
      return isInTime ? ([first.future, begun] as const) : undefined;
    });
    expect(await iterator.next()).toEqual({ done: false, value: early });
    await expect(iterator.next()).rejects.toMatchObject({ unfinished: 1, total: 2 });
  });

  test("ends the iteration: after the error there is no more", async () => {
    const { pending } = fiveFutures();
    const iterator = asCompleted([pending.future], { timeoutMs: 0 });
    await expect(iterator.next()).rejects.toBeInstanceOf(TimeoutError);
    pending.resolve(1);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test("that is not reached does not show", async () => {
    const { pending } = fiveFutures();
    const reading = collect(asCompleted([pending.future], { timeoutMs: 60_000 }));
    pending.resolve(1);
    expect((await reading).error).toBeUndefined();
  });
});

describe("leaving early", () => {
  test("[F12] [T8] by break lets go of the rest", async () => {
    const [quick, ...rest] = deferreds(4) as [Deferred<number>, ...Deferred<number>[]];
    const iterator = asCompleted(futuresOf([quick, ...rest]));
    expect(rest.map((one) => one.listenerCount())).toEqual([1, 1, 1]);
    quick.resolve(1);
    for await (const future of iterator) {
      expect(future).toBe(quick.future);
      break;
    }
    expect(rest.map((one) => one.listenerCount())).toEqual([0, 0, 0]);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test("[F12] [T8] by a timeout lets go of the rest", async () => {
    const { pending } = fiveFutures();
    await collect(asCompleted([pending.future], { timeoutMs: 0 }));
    await collect(asCompleted([pending.future], { timeoutMs: 1 }));
    expect(pending.listenerCount()).toBe(0);
  });

  test("[F13] and timing out cancel nothing", async () => {
    const { pending, running, finished } = fiveFutures();
    const futures = futuresOf([pending, running, finished]);
    for await (const future of asCompleted(futures)) {
      expect(future).toBe(finished.future);
      break;
    }
    await collect(asCompleted(futures, { timeoutMs: 0 }));
    expect(pending.future.state).toBe("pending");
    expect(running.future.state).toBe("running");
    running.resolve(7);
    expect(await running.future.result()).toBe(7);
  });

  test("ends a next() that still waits", async () => {
    const { pending } = fiveFutures();
    const iterator = asCompleted([pending.future]);
    const next = iterator.next();
    expect(await iterator.return()).toEqual({ done: true, value: undefined });
    expect(await next).toEqual({ done: true, value: undefined });
  });
});

describe("a signal", () => {
  test("[F21] takes a signal: next() rejects with its reason, and all is let go", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { pending, running, finished } = fiveFutures();
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const future of asCompleted(futuresOf([pending, running, finished]), { signal })) {
        seen.push(future);
        setImmediate(() => controller.abort("enough"));
      }
    })();
    await expect(reading).rejects.toBe("enough");
    expect(seen).toEqual([finished.future]);
    expect([pending.listenerCount(), running.listenerCount()]).toEqual([0, 0]);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(running.future.state).toBe("running");
  });

  test("[F21] with an aborted signal rejects from the first next() on", async () => {
    const { finished, pending } = fiveFutures();
    const iterator = asCompleted(futuresOf([finished, pending]), {
      signal: AbortSignal.abort("before"),
    });
    await expect(iterator.next()).rejects.toBe("before");
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(pending.listenerCount()).toBe(0);
  });
});
