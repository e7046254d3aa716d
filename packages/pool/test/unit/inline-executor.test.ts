import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "@jest/globals";
import {
  CancelledError,
  ExecutorShutdownError,
  InlineExecutor,
  InvalidStateError,
} from "../../src/index.js";
import { currentTask } from "../../src/worker.js";

describe("new InlineExecutor()", () => {
  test("[K10] has one worker, the caller", () => {
    expect(new InlineExecutor().maxWorkers).toBe(1);
  });

  test.each([
    [{ maxWorkers: 1 }, TypeError],
    [{ killAfterMs: "1" }, TypeError],
    [{ killAfterMs: null }, TypeError],
    [{ killAfterMs: -1 }, RangeError],
    [null, TypeError],
  ])("throws for the options %p", (options, error) => {
    expect(() => new InlineExecutor(options as object)).toThrow(error);
  });
});

describe("a call of an InlineExecutor", () => {
  test("[G1] is done when submit() returns, if it is not async", () => {
    const executor = new InlineExecutor();
    expect(executor.submit((n: number) => n * 2, 21).outcome).toEqual({
      status: "fulfilled",
      value: 42,
    });
    const error = new Error("mine");
    const failed = executor.submit(() => {
      throw error;
    });
    expect(failed.outcome).toEqual({ status: "rejected", reason: error });
  });

  test("[X18] begins within submit(), up to its first await", async () => {
    const executor = new InlineExecutor();
    const order: string[] = [];
    const future = executor.submit(async () => {
      order.push("begun");
      await Promise.resolve();
      order.push("ended");
    });
    order.push("submitted");
    expect(future.running()).toBe(true);
    await future.result();
    expect(order).toEqual(["begun", "submitted", "ended"]);
  });

  test("[G8] may submit others to its own executor, and wait for them", async () => {
    const executor = new InlineExecutor();
    const outer = executor.submit(async () => 1 + (await executor.run(() => 41)));
    expect(await outer.result()).toBe(42);
    const nested = executor.submit(() => executor.submit(() => currentTask().name).outcome);
    expect(await nested.result()).toEqual({ status: "fulfilled", value: "anonymous" });
  });

  test("[B2] can never be cancelled, as it has always begun", async () => {
    const executor = new InlineExecutor();
    let open = (): void => undefined;
    const promise = new Promise<void>((resolve) => (open = resolve));
    const futures = [executor.submit(() => 1), executor.submit(() => promise)];
    expect(futures.map((future) => future.cancel())).toEqual([false, false]);
    expect(executor.stats()).toMatchObject({ pending: 0, running: 1, cancelled: 0, completed: 1 });
    open();
    await executor.shutdown({ cancelFutures: true });
    expect(executor.stats()).toMatchObject({ completed: 2 });
  });

  test("[B14] is given up after the executor's grace", async () => {
    const executor = new InlineExecutor({ killAfterMs: 0 });
    const future = executor.submit(() => new Promise(() => {}));
    expect(future.abort()).toBe(true);
    await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
    await executor.shutdown();
  });

  test("[Q7] fails with the very error it threw", async () => {
    const executor = new InlineExecutor();
    const error = new Error("mine");
    const future = executor.submit(async () => Promise.reject(error));
    await expect(future.result()).rejects.toBe(error);
    expect("cause" in error).toBe(false);
  });

  test("[G15] runs in the context of its submitter, and knows itself there", async () => {
    const executor = new InlineExecutor();
    const store = new AsyncLocalStorage<string>();
    const future = store.run("mine", () =>
      executor.with({ name: "call" }).submit(async () => {
        await Promise.resolve();
        return [store.getStore(), currentTask().name];
      }),
    );
    expect(await future.result()).toEqual(["mine", "call"]);
    expect(() => currentTask()).toThrow(InvalidStateError);
  });

  test("[I23] may not wait for its executor to end, but end it", () => {
    const executor = new InlineExecutor();
    const waiting = executor.submit(() => executor.shutdown());
    expect(waiting.outcome).toMatchObject({ reason: expect.any(InvalidStateError) });
    const future = executor.submit(() => {
      void executor.shutdown({ wait: false });
    });
    expect(future.outcome).toMatchObject({ status: "fulfilled" });
    expect(() => executor.submit(() => 1)).toThrow(ExecutorShutdownError);
  });
});
