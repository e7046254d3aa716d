import { getEventListeners } from "node:events";
import { afterEach, describe, expect, test } from "@jest/globals";
import { DeadlockError, Lock, SharedValue, TimeoutError } from "../../src/index.js";
import { endWorkers, startWorker } from "../support/workers.js";
import { errorOf, untilWaiting, waitersOf } from "../support/waiters.js";

afterEach(endWorkers);

/** Calls a function at every depth of the stack, up to its end. */
function fill(fn: () => unknown): number {
  fn();
  return 1 + fill(fn);
}

describe("Lock, in one thread", () => {
  test("[L1] refuses an async function where it blocks, and is free afterwards", () => {
    const lock = new Lock();
    expect(() => lock.runSync(() => Promise.resolve(1))).toThrow("use run()");
    expect(lock.locked).toBe(false);
  });

  test("[D9] goes on after a step of its own that an error has cut off, such as that of a full stack", async () => {
    const lock = new Lock();
    const take = (): number => {
      const guard = lock.tryAcquire();
      guard?.release();
      return 1 + take();
    };
    for (let n = 0; n < 50; n += 1) expect(take).toThrow(RangeError);
    const count = new SharedValue("int32");
    for (let n = 0; n < 50; n += 1)
      expect(() => fill(() => count.update((one) => one))).toThrow(RangeError);
    // Whoever comes next is not kept waiting at the entry, though a guard may have been lost on the way.
    const outcome = lock.acquire({ timeoutMs: 20 }).then(
      () => "got it",
      (error: unknown) => (error as Error).name,
    );
    expect(["got it", "TimeoutError"]).toContain(await outcome);
  });

  test("[G2] has one listener at a signal, however many wait with it", async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    const controller = new AbortController();
    const { signal } = controller;
    const waits = Array.from({ length: 20 }, () => errorOf(lock.acquire({ signal })));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    controller.abort("enough");
    expect(await Promise.all(waits)).toEqual(Array(20).fill("enough"));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    guard.release();
  });

  test("[L1] is free at first, and locked while somebody has it", async () => {
    const lock = new Lock();
    expect(lock.locked).toBe(false);
    const guard = await lock.acquire();
    expect(lock.locked).toBe(true);
    guard.release();
    expect(lock.locked).toBe(false);
  });

  test("[L2] makes the second wait until the first gives it back", async () => {
    const lock = new Lock();
    const first = await lock.acquire();
    let got = false;
    const second = lock.acquire().then((guard) => {
      got = true;
      return guard;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(got).toBe(false);
    first.release();
    (await second).release();
    expect(lock.locked).toBe(false);
  });

  test("[L3] lets those who wait in by the order in which they came", async () => {
    const lock = new Lock();
    const first = await lock.acquire();
    const order: number[] = [];
    const all = Array.from({ length: 200 }, async (_, index) => {
      const guard = await lock.acquire();
      order.push(index);
      guard.release();
    });
    await untilWaiting(lock, 200);
    first.release();
    await Promise.all(all);
    expect(order).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  test("[L3] lets nobody in between who comes later", async () => {
    const lock = new Lock();
    const first = await lock.acquire();
    const second = lock.acquire();
    await untilWaiting(lock, 1);
    first.release();
    expect(lock.tryAcquire()).toBeUndefined();
    (await second).release();
  });

  test("[L4] tryAcquire() takes it only if it is free", () => {
    const lock = new Lock();
    const guard = lock.tryAcquire();
    expect(guard?.abandoned).toBe(false);
    expect(lock.tryAcquire()).toBeUndefined();
    guard?.release();
    lock.tryAcquire()?.release();
    expect(lock.locked).toBe(false);
  });

  test("[L5] a guard gives back once, and never what is another's", async () => {
    const lock = new Lock();
    const first = await lock.acquire();
    first.release();
    const second = await lock.acquire();
    first.release();
    first[Symbol.dispose]();
    expect(lock.locked).toBe(true);
    second.release();
  });

  test("[L6] `using` gives it back at the end of the block", async () => {
    const lock = new Lock();
    {
      using guard = await lock.acquire();
      expect([guard.abandoned, lock.locked]).toEqual([false, true]);
    }
    expect(lock.locked).toBe(false);
  });

  test("[L7] run() and runSync() give it back, whatever the function does", async () => {
    const lock = new Lock();
    expect(await lock.run(async () => lock.locked)).toBe(true);
    expect(lock.runSync(() => lock.locked)).toBe(true);
    const failure = new Error("no");
    const fail = (): never => {
      throw failure;
    };
    expect(await errorOf(lock.run(fail))).toBe(failure);
    expect(() => lock.runSync(fail)).toThrow(failure);
    expect(lock.locked).toBe(false);
  });

  test("[G1] a wait that takes too long rejects with a TimeoutError and leaves the queue", async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    const error = await errorOf(lock.acquire({ timeoutMs: 5 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ name: "TimeoutError", code: "CONCUR_TIMEOUT" });
    expect(waitersOf(lock)).toBe(0);
    expect(() => lock.acquireSync({ timeoutMs: 5 })).toThrow(TimeoutError);
    guard.release();
    (await lock.acquire({ timeoutMs: 0 })).release();
  });

  test("[G2] a signal ends a wait with its reason, also before it begins", async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    const controller = new AbortController();
    const waits = errorOf(lock.acquire({ signal: controller.signal }));
    await untilWaiting(lock, 1);
    controller.abort("enough");
    expect(await waits).toBe("enough");
    expect(waitersOf(lock)).toBe(0);
    guard.release();
    expect(await errorOf(lock.acquire({ signal: controller.signal }))).toBe("enough");
    expect(lock.locked).toBe(false);
  });

  test("[G3] one that gives up takes no wake-up with it", async () => {
    const lock = new Lock();
    for (let round = 0; round < 50; round += 1) {
      const guard = await lock.acquire();
      const controller = new AbortController();
      const first = lock.acquire({ signal: controller.signal }).then(
        (got) => {
          got.release();
        },
        () => undefined,
      );
      const second = lock.acquire();
      await untilWaiting(lock, 2);
      if (round % 2 === 0) {
        controller.abort();
        guard.release();
      } else {
        guard.release();
        controller.abort();
      }
      await first;
      (await second).release();
    }
    expect(lock.locked).toBe(false);
  });

  test("[G4] refuses options that mean nothing", async () => {
    const lock = new Lock();
    expect(await errorOf(lock.acquire({ timeoutMs: -1 }))).toBeInstanceOf(RangeError);
    expect(() => lock.acquireSync({ timeoutMs: Number.NaN })).toThrow(RangeError);
    expect(await errorOf(lock.acquire({ timeoutMs: "1" as never }))).toBeInstanceOf(TypeError);
    expect(await errorOf(lock.acquire({ signal: null as never }))).toBeInstanceOf(TypeError);
    expect(lock.locked).toBe(false);
  });

  test("[L8] to block for what the thread itself has is a DeadlockError that says since when", async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    expect(() => lock.acquireSync()).toThrow(DeadlockError);
    expect(() => lock.acquireSync()).toThrow(/^this thread \(\d+\) holds a Lock since 20\d\d-/);
    const waits = lock.acquire();
    guard.release();
    await waits.then((got) => {
      got.release();
    });
    lock.acquireSync().release();
  });

  test("[L8] so is to block behind an async caller of the same thread", async () => {
    const lock = new Lock();
    const worker = await startWorker({ lock });
    await worker.run((kept) => {
      kept.guard = kept.lock.acquireSync();
    });
    const waits = lock.acquire();
    await untilWaiting(lock, 1);
    expect(() => lock.acquireSync()).toThrow(/waits for a Lock since/);
    await worker.run((kept) => {
      kept.guard.release();
    });
    (await waits).release();
  });
});

describe("Lock, between threads", () => {
  test("[L2] [T1] lets one of all threads in, blocking or not", async () => {
    const lock = new Lock();
    const count = new SharedValue("int32");
    const workers = await Promise.all([1, 2, 3].map(() => startWorker({ lock, count })));
    const blocking = workers.slice(0, 2).map((worker) =>
      worker.run((kept) => {
        for (let turn = 0; turn < 2000; turn += 1) {
          kept.lock.runSync(() => {
            kept.count.value += 1;
          });
        }
      }),
    );
    const waiting = workers.slice(2).map((worker) =>
      worker.run(async (kept) => {
        for (let turn = 0; turn < 300; turn += 1) {
          await kept.lock.run(async () => {
            const before = kept.count.value;
            await Promise.resolve();
            Object.assign(kept.count, { value: before + 1 });
          });
        }
      }),
    );
    for (let turn = 0; turn < 300; turn += 1) {
      const guard = await lock.acquire();
      const before = count.value;
      await Promise.resolve();
      Object.assign(count, { value: before + 1 });
      guard.release();
    }
    await Promise.all([...blocking, ...waiting]);
    expect(count.value).toBe(4600);
  });

  test("[G1] a blocking wait ends in time, and the thread goes on", async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    const worker = await startWorker({ lock });
    const name = await worker.run((kept) => {
      try {
        kept.lock.acquireSync({ timeoutMs: 20 }).release();
        return "it was free";
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(name).toBe("TimeoutError");
    guard.release();
    await worker.run((kept) => {
      kept.lock.acquireSync().release();
    });
    expect(lock.locked).toBe(false);
  });

  test("[L3] blocking and other callers stand in one queue", async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    const worker = await startWorker({ lock });
    const order: string[] = [];
    const first = worker.run((kept) => {
      kept.guard = kept.lock.acquireSync();
    });
    await untilWaiting(lock, 1);
    const second = lock.acquire().then((got) => {
      order.push("second");
      got.release();
    });
    guard.release();
    await first;
    order.push("first");
    await worker.run((kept) => {
      kept.guard.release();
    });
    await second;
    expect(order).toEqual(["first", "second"]);
  });

  test("[D1] a thread that dies with it workers it on, and the next owner is told once", async () => {
    const lock = new Lock();
    const worker = await startWorker({ lock });
    await worker.run((kept) => {
      kept.guard = kept.lock.acquireSync();
    });
    const waits = lock.acquire();
    const after = lock.acquire();
    await untilWaiting(lock, 2);
    await worker.end();
    const guard = await waits;
    expect(guard.abandoned).toBe(true);
    guard.release();
    const next = await after;
    expect(next.abandoned).toBe(false);
    next.release();
  });

  test("[D2] who waits and dies is left out", async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    const worker = await startWorker({ lock });
    const lost = errorOf(
      worker.run((kept) => {
        kept.lock.acquireSync();
      }),
    );
    await untilWaiting(lock, 1);
    const after = lock.acquire();
    await untilWaiting(lock, 2);
    await worker.end();
    await lost;
    guard.release();
    const next = await after;
    expect(next.abandoned).toBe(false);
    next.release();
  });

  test("[D3] a thread that blocks sees the death of one that it has made", async () => {
    const lock = new Lock();
    const worker = await startWorker({ lock });
    await worker.run((kept) => {
      kept.lock.acquireSync();
      setTimeout(() => process.exit(3), 20);
    });
    const guard = lock.acquireSync();
    expect(guard.abandoned).toBe(true);
    guard.release();
  });
});
