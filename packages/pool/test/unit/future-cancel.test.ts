import { describe, expect, test } from "@jest/globals";
import { asCompleted, CancelledError, isConcurError, wait } from "../../src/index.js";
import { createFuture } from "../../src/testing.js";
import { fiveFutures } from "../support/five-futures.js";
import "../support/future-identity.js";

describe("cancel()", () => {
  test("[B1] of a pending future answers true, and it is cancelled and done", () => {
    const { future } = createFuture<number>();
    expect(future.cancel()).toBe(true);
    expect(future.state).toBe("cancelled");
    expect(future.cancelled()).toBe(true);
    expect(future.done()).toBe(true);
  });

  test("[B2] of a running one answers false, and it goes on to its value", async () => {
    const { running } = fiveFutures();
    expect(running.future.cancel()).toBe(false);
    expect(running.future.running()).toBe(true);
    running.resolve(7);
    expect(await running.future.result()).toBe(7);
  });

  test.each(["failed", "finished"] as const)(
    "[B3] of a %s one answers false and leaves the outcome",
    (state) => {
      const { future } = fiveFutures()[state];
      const before = future.outcome;
      expect(future.cancel()).toBe(false);
      expect(future.state).toBe("finished");
      expect(future.outcome).toBe(before);
    },
  );

  test("[B4] again answers true and runs no callback twice", () => {
    const { future } = createFuture<number>();
    let calls = 0;
    future.addDoneCallback(() => (calls += 1));
    expect(future.cancel()).toBe(true);
    expect(future.cancel()).toBe(true);
    expect(calls).toBe(1);
  });

  test("[B5] [B11] returns after the callbacks have run, which find the future cancelled", () => {
    const { future } = createFuture<number>();
    const seen: unknown[] = [];
    future.addDoneCallback((one) => seen.push(one.cancelled(), one.done(), one.state));
    future.cancel();
    expect(seen).toEqual([true, true, "cancelled"]);
  });

  test("[B7] reaches those who wait already in result() and exception()", async () => {
    const { future } = createFuture<number>();
    const result = future.result();
    const exception = future.exception({ timeoutMs: 60_000 });
    setImmediate(() => future.cancel());
    await expect(result).rejects.toBeInstanceOf(CancelledError);
    await expect(exception).rejects.toBeInstanceOf(CancelledError);
  });

  test("[B8] wakes wait() and asCompleted() at once, before anybody skips the work", async () => {
    const { future } = createFuture<number>();
    const waited = wait([future]);
    const next = asCompleted([future]).next();
    future.cancel();
    expect((await waited).done).toEqual(new Set([future]));
    expect(await next).toEqual({ done: false, value: future });
  });

  test("[B13] is no failure for wait() with FIRST_EXCEPTION", async () => {
    const first = createFuture<number>();
    const second = createFuture<number>();
    let returned = false;
    const waited = wait([first.future, second.future], { returnWhen: "FIRST_EXCEPTION" }).then(
      (sets) => {
        returned = true;
        return sets;
      },
    );
    first.future.cancel();
    await new Promise(setImmediate);
    expect(returned).toBe(false);
    second.reject(new Error("no"));
    expect((await waited).done.size).toBe(2);
  });

  test("[B16] alone makes cancelled() true", () => {
    const five = fiveFutures();
    expect({
      pending: five.pending.future.cancelled(),
      running: five.running.future.cancelled(),
      cancelled: five.cancelled.future.cancelled(),
      failed: five.failed.future.cancelled(),
      finished: five.finished.future.cancelled(),
    }).toEqual({
      pending: false,
      running: false,
      cancelled: true,
      failed: false,
      finished: false,
    });
  });

  test("asks the executor first, which may know that the call has begun", () => {
    const asked: string[] = [];
    const { future } = createFuture<number>({
      cancel: () => {
        asked.push("cancel");
        return false;
      },
    });
    expect(future.cancel()).toBe(false);
    expect(future.state).toBe("pending");
    expect(asked).toEqual(["cancel"]);
  });
});

describe("CancelledError", () => {
  test("[B15] is one class of this package, by its own name, and one object for each future", async () => {
    const { future } = fiveFutures().cancelled;
    const error: unknown = await future.result().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CancelledError);
    expect(isConcurError(error)).toBe(true);
    expect(error).toMatchObject({ name: "CancelledError", code: "CONCUR_CANCELLED" });
    expect(Object.hasOwn(error as object, "cause")).toBe(false);
    await expect(future.exception()).rejects.toBe(error);
    expect(future.outcome).toEqual({ status: "rejected", reason: error });
  });

  test("[B15] carries the reason of an abort as its cause", async () => {
    const reason = new Error("the user left");
    const { future } = createFuture<number>();
    expect(future.abort(reason)).toBe(true);
    await expect(future.result()).rejects.toMatchObject({ name: "CancelledError", cause: reason });
  });

  test("[B15] given as the reason stands for itself", async () => {
    const reason = new CancelledError("by hand");
    const { future } = createFuture<number>();
    future.abort(reason);
    await expect(future.result()).rejects.toBe(reason);
  });
});

describe("abort()", () => {
  test("[B14] stops a pending future as cancel() does, with an AbortError as the cause", async () => {
    const { future } = createFuture<number>();
    expect(future.abort()).toBe(true);
    expect(future.state).toBe("cancelled");
    await expect(future.result()).rejects.toMatchObject({ cause: { name: "AbortError" } });
    expect(future.abort()).toBe(true);
  });

  test("[B14] hands the reason to the executor of a running call, whose outcome then tells", () => {
    const reasons: unknown[] = [];
    const running = createFuture<number>({
      abort: (reason) => {
        reasons.push(reason);
        return true;
      },
    });
    running.start();
    expect(running.future.cancel()).toBe(false);
    expect(running.future.abort("enough")).toBe(true);
    expect(reasons).toEqual(["enough"]);
    expect(running.future.state).toBe("running");
    running.cancel("enough");
    expect(running.future.cancelled()).toBe(true);
    expect(running.future.outcome).toMatchObject({ reason: { cause: "enough" } });
  });

  test("[B14] answers false when nothing can stop the running call", () => {
    const { running } = fiveFutures();
    expect(running.future.abort()).toBe(false);
    expect(running.future.state).toBe("running");
  });

  test.each(["failed", "finished"] as const)("[B14] answers false for a %s future", (state) => {
    const { future } = fiveFutures()[state];
    const before = future.outcome;
    expect(future.abort()).toBe(false);
    expect(future.outcome).toBe(before);
  });
});
