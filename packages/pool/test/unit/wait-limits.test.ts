import { getEventListeners } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { FIRST_COMPLETED, wait, type Future, type WaitOptions } from "../../src/index.js";
import { createFuture } from "../../src/testing.js";
import { byNextTurn } from "../support/by-next-turn.js";
import { fiveFutures } from "../support/five-futures.js";
import "../support/future-identity.js";

describe("a time limit", () => {
  test("[E11] is no error: the sets are as they are when it runs out", async () => {
    const five = fiveFutures();
    const futures = [five.pending, five.cancelled, five.failed, five.finished];
    const { done, notDone } = await wait(
      futures.map(({ future }) => future),
      { timeoutMs: 5 },
    );
    expect([done.size, notDone.size]).toEqual([3, 1]);
    expect(notDone.has(five.pending.future)).toBe(true);
  });

  test.each([0, -1])("[E12] of %p looks once and does not wait", async (timeoutMs) => {
    const { pending, finished } = fiveFutures();
    const sets = await byNextTurn(wait([pending.future, finished.future], { timeoutMs }));
    expect([sets?.done.size, sets?.notDone.size]).toEqual([1, 1]);
  });
});

describe("bad options", () => {
  test.each(["FIRST", "all_completed", 1, null])(
    "[E14] returnWhen %p is a RangeError at the call, also when all are done",
    (returnWhen) => {
      const { finished, pending } = fiveFutures();
      const options = { returnWhen } as object as WaitOptions;
      expect(() => wait([finished.future], options)).toThrow(RangeError);
      expect(() => wait([pending.future], options)).toThrow(RangeError);
      expect(() => wait([], options)).toThrow("FIRST_EXCEPTION");
    },
  );

  test.each([
    [{ timeoutMs: NaN }, RangeError],
    [{ timeoutMs: "5" }, TypeError],
    [{ signal: "no" }, TypeError],
    [{ return_when: "ALL_COMPLETED" }, TypeError],
  ])("%p is refused before the input is read", (options, kind) => {
    let reads = 0;
    function* futures(): Generator<Future<number>> {
      reads += 1;
      yield fiveFutures().finished.future;
    }
    expect(() => wait(futures(), options as WaitOptions)).toThrow(kind);
    expect(reads).toBe(0);
  });
});

describe("the futures waited for", () => {
  test("[E17] are neither cancelled nor consumed", async () => {
    const { pending, running, failed, error } = fiveFutures();
    await wait([pending.future, running.future, failed.future], { timeoutMs: 1 });
    expect(pending.future.state).toBe("pending");
    expect(running.future.state).toBe("running");
    expect(await failed.future.exception()).toBe(error);
    pending.resolve(1);
    expect(await pending.future.result()).toBe(1);
  });

  test("[E18] [T8] keep no trace of the waits that are over", async () => {
    const never = createFuture<number>();
    for (let times = 0; times < 1000; times += 1) {
      const quick = createFuture<number>();
      const waiting = wait([never.future, quick.future], { returnWhen: FIRST_COMPLETED });
      quick.resolve(times);
      await waiting;
    }
    await wait([never.future], { timeoutMs: 0 });
    await wait([never.future], { timeoutMs: 1 });
    expect(never.listenerCount()).toBe(0);
  });

  test("a signal ends the waiting with its reason, and lets go of futures and signal", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { pending } = fiveFutures();
    const waiting = wait([pending.future], { signal });
    controller.abort("enough");
    await expect(waiting).rejects.toBe("enough");
    await expect(wait([pending.future], { signal })).rejects.toBe("enough");
    expect(pending.listenerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(pending.future.state).toBe("pending");
  });
});
