import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { describe, expect, test } from "@jest/globals";
import { AsyncExecutor, CancelledError, type Future, InvalidStateError } from "../../src/index.js";
import { currentTask } from "../../src/worker.js";
import { createGate } from "../support/promise-gate.js";
import { nextTurn, settlesAtOnce } from "../support/soon.js";

describe("new AsyncExecutor()", () => {
  test("[K11] runs 32 calls at a time by default", async () => {
    const executor = new AsyncExecutor();
    const { promise, open } = createGate();
    for (let n = 0; n < 40; n += 1) executor.submit(() => promise);
    await Promise.resolve();
    expect(executor.maxWorkers).toBe(32);
    expect(executor.stats()).toMatchObject({ running: 32, pending: 8 });
    open();
    await executor.shutdown();
    expect(executor.stats()).toMatchObject({ completed: 40 });
  });

  test.each([
    [{ maxThreads: 2 }, TypeError],
    [{ killAfterMs: "1" }, TypeError],
    [{ killAfterMs: null }, TypeError],
    [{ killAfterMs: -1 }, RangeError],
    [{ killAfterMs: NaN }, RangeError],
    [null, TypeError],
    [5, TypeError],
  ])("throws for the options %p", (options, error) => {
    expect(() => new AsyncExecutor(options as object)).toThrow(error);
  });
});

describe("the start of a call", () => {
  test("[X18] is not within submit()", async () => {
    const executor = new AsyncExecutor();
    const order: string[] = [];
    const future = executor.submit(() => order.push("call"));
    order.push("after submit");
    expect(future.state).toBe("pending");
    await future.result();
    expect(order).toEqual(["after submit", "call"]);
  });

  test("[X18] is soon after it: before the event loop turns", async () => {
    await using executor = new AsyncExecutor({ maxWorkers: 1 });
    const futures = [1, 2, 3].map((n) => executor.submit(() => n));
    for (const future of futures) expect(await settlesAtOnce(future.result())).toBe(true);
  });

  test("[G5] is in order of submission, also for calls submitted meanwhile", async () => {
    const executor = new AsyncExecutor({ maxWorkers: 1 });
    const order: number[] = [];
    executor.submit(() => {
      order.push(1);
      executor.submit(() => order.push(3));
    });
    executor.submit(() => order.push(2));
    await executor.shutdown().catch(() => undefined);
    expect(order).toEqual([1, 2]);
    expect(executor.stats()).toMatchObject({ failed: 1 });
  });
});

describe("a task of this event loop", () => {
  test("[G13] may be any function: closure, method, async or not, thenable or not", async () => {
    await using executor = new AsyncExecutor();
    const list = [1, 2];
    expect(await executor.run(() => list.length)).toBe(2);
    expect(await executor.run(async (n: number) => n * 2, 21)).toBe(42);
    expect(await executor.run(Math.max, 1, 3, 2)).toBe(3);
    expect(await executor.run(Array.prototype.slice.bind(list), 1)).toEqual([2]);
    expect(await executor.run(() => createGate().open)).toBeInstanceOf(Function);
  });

  test("[G16] is awaited as await does it, whatever kind of thenable it returns", async () => {
    await using executor = new AsyncExecutor();
    const thenable = (value: unknown): PromiseLike<unknown> => ({
      then: (resolve) => Promise.resolve(resolve?.(value)) as never,
    });
    const future = executor.submit(() => thenable(thenable(Promise.resolve(7))));
    expect(await future.result()).toBe(7);
    expect(future.outcome).toEqual({ status: "fulfilled", value: 7 });
    const failing = executor.submit(() => thenable(Promise.reject(new Error("deep inside"))));
    await expect(failing.result()).rejects.toThrow("deep inside");
    expect(failing.outcome).toMatchObject({ status: "rejected" });
  });

  test("[G16] fails with what its thenable throws, and settles once however that behaves", async () => {
    await using executor = new AsyncExecutor();
    const error = new Error("no then");
    const throwing = executor.submit(() => ({
      then(): never {
        throw error;
      },
    }));
    await expect(throwing.result()).rejects.toBe(error);
    const getter = executor.submit(() => ({
      get then(): never {
        throw error;
      },
    }));
    await expect(getter.result()).rejects.toBe(error);
    const twice = executor.submit(() => ({
      then(resolve: (value: number) => void, reject: (reason: unknown) => void) {
        resolve(1);
        resolve(2);
        reject(error);
        throw error;
      },
    }));
    expect(await twice.result()).toBe(1);
    expect(executor.stats()).toMatchObject({ completed: 1, failed: 2 });
  });

  test("[G10] [A5] shares its arguments and its result with the caller", async () => {
    await using executor = new AsyncExecutor();
    const mine = { touched: false };
    const future = executor.submit(
      (one: { touched: boolean }) => Object.assign(one, { touched: true }),
      mine,
    );
    expect(await future.result()).toBe(mine);
    expect(mine.touched).toBe(true);
  });

  test("[Q7] fails with the very error it threw, without an added cause", async () => {
    await using executor = new AsyncExecutor();
    const error = new Error("mine");
    for (const task of [
      () => {
        throw error;
      },
      async () => Promise.reject(error),
    ]) {
      const future = executor.submit(task);
      expect(await future.exception()).toBe(error);
      await expect(future.result()).rejects.toBe(error);
    }
    expect("cause" in error).toBe(false);
  });

  test("[G8] may submit to its own executor and wait, where a place is free", async () => {
    await using executor = new AsyncExecutor({ maxWorkers: 2 });
    const outer = executor.submit(async () => 1 + (await executor.run(() => 41)));
    expect(await outer.result()).toBe(42);
  });

  test("[G9] waits in vain for a call of its own executor where no place is free", async () => {
    const executor = new AsyncExecutor({ maxWorkers: 1 });
    let inner: Future<number> | undefined;
    const outer = executor.submit(() => (inner = executor.submit(() => 41)).result());
    await expect(outer.result({ timeoutMs: 20 })).rejects.toThrow("20 ms");
    expect([outer.state, inner?.state]).toEqual(["running", "pending"]);
    expect(inner?.cancel()).toBe(true);
    await expect(outer.result()).rejects.toBeInstanceOf(CancelledError);
    await executor.shutdown();
  });
});

describe("the async context", () => {
  const store = new AsyncLocalStorage<string>();

  test("[G15] of a call is that of its submitter, also for calls that had to wait", async () => {
    await using executor = new AsyncExecutor({ maxWorkers: 1 });
    const names = ["first", "second", "third"];
    const futures = names.map((name) =>
      store.run(name, () =>
        executor.submit(async () => {
          await Promise.resolve();
          return store.getStore();
        }),
      ),
    );
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual(names);
    expect(await executor.run(() => store.getStore())).toBeUndefined();
  });

  test("[G15] of a call does not leak into the callbacks of others", async () => {
    await using executor = new AsyncExecutor({ maxWorkers: 9 });
    const { promise, open } = createGate();
    const seen: unknown[] = [];
    const others: Future<void>[] = [];
    const submitOther = AsyncResource.bind(() => {
      const other = executor.submit(() => promise);
      other.addDoneCallback(() => {
        seen.push(store.getStore());
        expect(() => currentTask()).toThrow(InvalidStateError);
        seen.push("no task");
      });
      others.push(other);
    });
    const first = store.run("of the first", () =>
      executor.submit(async () => {
        await Promise.resolve();
        // It is because of this call that the queue is served next, with the others in it.
        executor.submit(() => undefined);
        submitOther();
        submitOther();
      }),
    );
    await first.result();
    open();
    for (const other of others) await other.result();
    expect(seen).toEqual([undefined, "no task", undefined, "no task"]);
  });
});

describe("stats()", () => {
  test("[T11] is true at each moment", async () => {
    const executor = new AsyncExecutor({ maxWorkers: 2 });
    const gates = [createGate(), createGate(), createGate()];
    const counts = (): number[] => {
      const { pending, running, completed, failed, cancelled } = executor.stats();
      expect(executor.stats()).toMatchObject({ workers: running, busy: running, idle: 0 });
      return [pending, running, completed, failed, cancelled];
    };
    expect(counts()).toEqual([0, 0, 0, 0, 0]);
    const inside: number[][] = [];
    const [first, second, third] = gates.map(({ promise }, n) =>
      executor.submit(async () => {
        inside.push(counts());
        await promise;
        if (n === 1) throw new Error("failed");
      }),
    );
    const fourth = executor.submit(() => undefined);
    expect(counts()).toEqual([4, 0, 0, 0, 0]);
    await Promise.resolve();
    expect(counts()).toEqual([2, 2, 0, 0, 0]);
    fourth.cancel();
    expect(counts()).toEqual([1, 2, 0, 0, 1]);
    // The place of a call is free when its callbacks run.
    const atEnd: number[][] = [];
    for (const future of [first, second, third])
      future?.addDoneCallback(() => atEnd.push(counts()));
    for (const { open } of gates) {
      open();
      await nextTurn();
    }
    expect(inside).toEqual([
      [3, 1, 0, 0, 0],
      [2, 2, 0, 0, 0],
      [0, 2, 1, 0, 1],
    ]);
    expect(atEnd).toEqual([
      [1, 1, 1, 0, 1],
      [0, 1, 1, 1, 1],
      [0, 0, 2, 1, 1],
    ]);
    expect(counts()).toEqual([0, 0, 2, 1, 1]);
    await executor.shutdown();
  });
});
