import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { CancelledError, TimeoutError, type WaitLimits } from "../../src/index.js";
import { createFuture } from "../../src/testing.js";
import { fiveFutures } from "../support/five-futures.js";
import "../support/future-identity.js";

describe.each([0, -1, -Infinity])("with timeoutMs %p", (timeoutMs) => {
  test.each(["pending", "running"] as const)("[D1] result() of a %s future times out", (state) =>
    expect(fiveFutures()[state].future.result({ timeoutMs })).rejects.toBeInstanceOf(TimeoutError),
  );

  test("[D2] result() of a cancelled future is the CancelledError", () =>
    expect(fiveFutures().cancelled.future.result({ timeoutMs })).rejects.toBeInstanceOf(
      CancelledError,
    ));

  test("[D3] result() of a failed future is the error of the task", async () => {
    const { failed, error } = fiveFutures();
    await expect(failed.future.result({ timeoutMs })).rejects.toBe(error);
  });

  test("[D4] result() of a finished future is the value", () =>
    expect(fiveFutures().finished.future.result({ timeoutMs })).resolves.toBe(42));

  test("[D6] exception() does the same, but gives the error, and undefined for a success", async () => {
    const five = fiveFutures();
    await expect(five.pending.future.exception({ timeoutMs })).rejects.toBeInstanceOf(TimeoutError);
    await expect(five.running.future.exception({ timeoutMs })).rejects.toBeInstanceOf(TimeoutError);
    await expect(five.cancelled.future.exception({ timeoutMs })).rejects.toBeInstanceOf(
      CancelledError,
    );
    await expect(five.failed.future.exception({ timeoutMs })).resolves.toBe(five.error);
    await expect(five.finished.future.exception({ timeoutMs })).resolves.toBeUndefined();
  });
});

describe("waiting", () => {
  test("[D5] result() goes on when the value comes", async () => {
    const { future, resolve } = createFuture<number>();
    const waiting = future.result({ timeoutMs: 60_000 });
    setImmediate(() => resolve(42));
    expect(await waiting).toBe(42);
  });

  test("[D6] exception() goes on when the error comes", async () => {
    const error = new Error("no");
    const { future, reject } = createFuture<number>();
    const waiting = future.exception({ timeoutMs: 60_000 });
    setImmediate(() => reject(error));
    expect(await waiting).toBe(error);
  });

  test("[D8] a timeout leaves the call alone: it goes on, and a later result() has its value", async () => {
    const { future, start, resolve, listenerCount } = createFuture<number>();
    start();
    const error: unknown = await future.result({ timeoutMs: 5 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toContain("5 ms");
    expect(future.state).toBe("running");
    expect(listenerCount()).toBe(0);
    resolve(42);
    expect(await future.result()).toBe(42);
  });

  test("[D9] any number of waiters go on together", async () => {
    const { future, resolve, listenerCount } = createFuture<number>();
    const waiters = Array.from({ length: 100 }, () => future.result());
    expect(listenerCount()).toBe(100);
    resolve(7);
    expect(await Promise.all(waiters)).toEqual(Array.from({ length: 100 }, () => 7));
    expect(listenerCount()).toBe(0);
  });

  test("[D16] never happens in a done callback", async () => {
    const { future, resolve } = createFuture<number>();
    const inside: Promise<number>[] = [];
    future.addDoneCallback((one) => inside.push(one.result({ timeoutMs: 0 })));
    resolve(42);
    expect(await Promise.all(inside)).toEqual([42]);
  });

  test.each([undefined, Infinity, 2 ** 31, 2 ** 40, Number.MAX_VALUE, 0.5])(
    "[D7] timeoutMs %p does not fire before the value comes",
    async (timeoutMs) => {
      const { future, resolve } = createFuture<number>();
      const waiting = future.result({ timeoutMs });
      resolve(42);
      expect(await waiting).toBe(42);
    },
  );

  test.each([
    [{ timeoutMs: NaN }, RangeError],
    [{ timeoutMs: "5" }, TypeError],
    [{ timeoutMs: null }, TypeError],
    [{ timeoutMs: 5n }, TypeError],
    [{ signal: {} }, TypeError],
    [{ signal: null }, TypeError],
    [{ timeout: 5 }, TypeError],
    [5, TypeError],
    [null, TypeError],
  ])("[D7] bad limits throw at the call, for a done future too: %p", (limits, kind) => {
    const five = fiveFutures();
    for (const { future } of [five.pending, five.finished]) {
      expect(() => future.result(limits as WaitLimits)).toThrow(kind);
      expect(() => future.exception(limits as WaitLimits)).toThrow(kind);
    }
    expect(five.pending.listenerCount()).toBe(0);
  });

  test("[D7] the message for NaN speaks of no range", () => {
    const { future } = createFuture<number>();
    expect(() => future.result({ timeoutMs: NaN })).toThrow(
      "timeoutMs must be a number of milliseconds, not NaN",
    );
  });

  test("[D13] a limit of more than 2^31-1 ms does not run out at once", async () => {
    const { future, resolve } = createFuture<number>();
    let over = false;
    const waiting = future.result({ timeoutMs: 2 ** 31 }).finally(() => (over = true));
    // setTimeout itself would take such a delay for one millisecond.
    await sleep(50);
    expect(over).toBe(false);
    resolve(42);
    expect(await waiting).toBe(42);
  });
});

describe("a signal", () => {
  test("[D15] ends the waiting with its reason and leaves the call alone", async () => {
    const reason = new Error("the user left");
    const controller = new AbortController();
    const { future, start, resolve, listenerCount } = createFuture<number>();
    start();
    const waiting = [
      future.result({ signal: controller.signal }),
      future.exception({ signal: controller.signal }),
    ];
    controller.abort(reason);
    for (const one of waiting) await expect(one).rejects.toBe(reason);
    expect(future.state).toBe("running");
    expect(listenerCount()).toBe(0);
    resolve(42);
    expect(await future.result()).toBe(42);
  });

  test("[D15] that is aborted already rejects at once, also with a falsy reason", async () => {
    const { future, listenerCount } = createFuture<number>();
    await expect(future.result({ signal: AbortSignal.abort(0) })).rejects.toBe(0);
    await expect(future.exception({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(listenerCount()).toBe(0);
  });

  test("[D15] [T10] holds one listener for all waits, and none after them", async () => {
    const { signal } = new AbortController();
    const listeners = () => getEventListeners(signal, "abort").length;
    const deferreds = Array.from({ length: 1000 }, () => createFuture<number>());
    const waits = deferreds.map(({ future }) => future.result({ signal }));
    expect(listeners()).toBe(1);
    deferreds.forEach(({ resolve }, index) => resolve(index));
    await Promise.all(waits);
    expect(listeners()).toBe(0);
    await expect(createFuture().future.result({ signal, timeoutMs: 1 })).rejects.toBeInstanceOf(
      TimeoutError,
    );
    expect(listeners()).toBe(0);
  });

  test("[D15] wakes one waiter after another took its own back", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const first = createFuture<number>();
    const second = createFuture<number>();
    const kept = second.future.result({ signal });
    const released = first.future.result({ signal });
    first.resolve(1);
    expect(await released).toBe(1);
    controller.abort("stop");
    await expect(kept).rejects.toBe("stop");
  });

  test("[D15] and a time limit go together: the first to come decides", async () => {
    const controller = new AbortController();
    const { future } = createFuture<number>();
    const { signal } = controller;
    const aborted = future.result({ signal, timeoutMs: 60_000 });
    controller.abort("stop");
    await expect(aborted).rejects.toBe("stop");
    const timedOut = future.result({ signal: new AbortController().signal, timeoutMs: 1 });
    await expect(timedOut).rejects.toBeInstanceOf(TimeoutError);
  });
});

describe("errors of the task that look like ours", () => {
  test.each([
    new TimeoutError("the task's own"),
    new CancelledError("the task's own"),
    new DOMException("the task's own", "AbortError"),
  ])("[D18] are failures like any other: %p", async (error) => {
    const { future, reject } = createFuture<number>();
    reject(error);
    expect(future.cancelled()).toBe(false);
    expect(future.state).toBe("finished");
    expect(await future.exception()).toBe(error);
    expect(await future.exception({ timeoutMs: 0 })).toBe(error);
    await expect(future.result()).rejects.toBe(error);
  });
});

test("[D10] one check of the name serves our TimeoutError and that of AbortSignal.timeout()", async () => {
  const { future } = createFuture<number>();
  const errors: unknown[] = await Promise.all([
    future.result({ timeoutMs: 1 }).catch((reason: unknown) => reason),
    future.result({ signal: AbortSignal.timeout(1) }).catch((reason: unknown) => reason),
  ]);
  expect(errors.map((error) => (error as Error).name)).toEqual(["TimeoutError", "TimeoutError"]);
});
