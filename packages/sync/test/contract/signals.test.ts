import { afterEach, describe, expect, test } from "@jest/globals";
import {
  Barrier,
  BrokenBarrierError,
  Condition,
  DeadlockError,
  Event,
  InvalidStateError,
  Lock,
  RLock,
  SharedArray,
  SharedValue,
  TimeoutError,
} from "../../src/index.js";
import { endWorkers, startWorker } from "../support/workers.js";
import { errorOf, untilWaiting, waitersOf } from "../support/waiters.js";

afterEach(endWorkers);

describe("Event", () => {
  test("[E1] is not set at first; set() and clear() do what they say", () => {
    const event = new Event();
    expect(event.isSet).toBe(false);
    event.set();
    event.set();
    expect(event.isSet).toBe(true);
    event.clear();
    expect(event.isSet).toBe(false);
  });

  test("[E2] set() wakes all who wait, of all threads, even if it is cleared at once", async () => {
    const event = new Event();
    const workers = [await startWorker({ event }), await startWorker({ event })];
    const blocked = workers.map((worker) =>
      worker.run((kept) => {
        kept.event.waitSync();
      }),
    );
    const waits = Array.from({ length: 50 }, () => event.wait());
    await untilWaiting(event, 52);
    event.set();
    event.clear();
    await Promise.all([...blocked, ...waits]);
    expect(waitersOf(event)).toBe(0);
  });

  test("[E3] nobody waits while it is set", async () => {
    const event = new Event();
    event.set();
    await event.wait({ timeoutMs: 0 });
    event.waitSync();
    event.clear();
    expect(await errorOf(event.wait({ timeoutMs: 1 }))).toBeInstanceOf(TimeoutError);
    expect(() => {
      event.waitSync({ timeoutMs: 1 });
    }).toThrow(TimeoutError);
  });
});

describe.each([
  ["Lock", Lock],
  ["RLock", RLock],
])("Condition with a %s", (_name, Class) => {
  test("[C1] wait() gives the lock back meanwhile, and has it again afterwards", async () => {
    const condition = new Condition(new Class());
    const guard = await condition.lock.acquire();
    const waits = condition.wait(guard);
    await untilWaiting(condition, 1);
    await condition.lock.run(() => {
      condition.notify();
    });
    await waits;
    expect(condition.lock.locked).toBe(true);
    guard.release();
    expect(condition.lock.locked).toBe(false);
  });

  test("[C2] notify() wakes those who have waited longest, notifyAll() all of them", async () => {
    const condition = new Condition(new Class());
    const woken: number[] = [];
    const all = [0, 1, 2, 3].map(async (index) => {
      const guard = await condition.lock.acquire();
      await condition.wait(guard);
      woken.push(index);
      guard.release();
    });
    await untilWaiting(condition, 4);
    await condition.lock.run(() => {
      condition.notify(2);
    });
    await Promise.all(all.slice(0, 2));
    expect(woken).toEqual([0, 1]);
    await condition.lock.run(() => {
      condition.notifyAll();
    });
    await Promise.all(all);
    expect(woken).toEqual([0, 1, 2, 3]);
  });

  test("[C3] only who has the lock may wait or notify", async () => {
    const condition = new Condition(new Class());
    expect(() => {
      condition.notify();
    }).toThrow(InvalidStateError);
    const guard = await condition.lock.acquire();
    guard.release();
    expect(await errorOf(condition.wait(guard))).toBeInstanceOf(InvalidStateError);
    const other = await new Class().acquire();
    expect(await errorOf(condition.wait(other))).toBeInstanceOf(InvalidStateError);
    other.release();
  });

  test("[C4] waitFor() waits until the predicate is true, and gives its value", async () => {
    const condition = new Condition(new Class());
    let value = 0;
    const waits = condition.lock.run((guard) => condition.waitFor(guard, () => value > 1 && value));
    await untilWaiting(condition, 1);
    for (let turn = 0; turn < 2; turn += 1) {
      await condition.lock.run(() => {
        value += 1;
        condition.notify();
      });
    }
    expect(await waits).toBe(2);
  });

  test("[C5] who gives up has the lock again before the error comes", async () => {
    const condition = new Condition(new Class());
    const guard = await condition.lock.acquire();
    const controller = new AbortController();
    const waits = condition.wait(guard, { signal: controller.signal });
    await untilWaiting(condition, 1);
    const other = await condition.lock.acquire();
    controller.abort("enough");
    await untilWaiting(condition.lock, 1);
    other.release();
    expect(await errorOf(waits)).toBe("enough");
    expect(condition.lock.tryAcquire()).toBeUndefined();
    guard.release();
    const again = await condition.lock.acquire();
    const error = await errorOf(condition.waitFor(again, () => false, { timeoutMs: 5 }));
    expect(error).toBeInstanceOf(TimeoutError);
    again.release();
    expect(condition.lock.locked).toBe(false);
  });
});

describe("Condition, between threads", () => {
  test("[C6] a thread that blocks is woken by another", async () => {
    const condition = new Condition();
    const ready = new SharedValue("int32");
    const worker = await startWorker({ condition, ready });
    const waits = worker.run((kept) =>
      kept.condition.lock.runSync((guard) =>
        kept.condition.waitForSync(guard, () => kept.ready.value),
      ),
    );
    await untilWaiting(condition, 1);
    await condition.lock.run(() => {
      ready.value = 7;
      condition.notifyAll();
    });
    expect(await waits).toBe(7);
  });

  test("[C7] waitSync() does not block where an async caller of its thread waits for the lock", async () => {
    const condition = new Condition();
    const guard = await condition.lock.acquire();
    const waits = condition.lock.acquire();
    await untilWaiting(condition.lock, 1);
    expect(() => {
      condition.waitSync(guard);
    }).toThrow(DeadlockError);
    guard.release();
    (await waits).release();
  });

  test("[C8] waits with a lock that was taken once, only", async () => {
    const condition = new Condition(new RLock());
    const outer = condition.lock.acquireSync();
    const inner = condition.lock.acquireSync();
    expect(await errorOf(condition.wait(inner))).toBeInstanceOf(InvalidStateError);
    inner.release();
    outer.release();
  });

  test("[D6] a notice for one who dies before it goes on is another's", async () => {
    const condition = new Condition();
    const worker = await startWorker({ condition });
    const lost = errorOf(
      worker.run((kept) =>
        kept.condition.lock.run(async (guard) => {
          const waits = kept.condition.wait(guard);
          // It does not come to hear of the notice.
          setTimeout(() => {
            for (;;);
          }, 0);
          await waits;
        }),
      ),
    );
    await untilWaiting(condition, 1);
    const waits = condition.lock.run((guard) => condition.wait(guard));
    await untilWaiting(condition, 2);
    await condition.lock.run(() => {
      condition.notify();
    });
    await worker.end();
    await lost;
    await waits;
    expect(condition.lock.locked).toBe(false);
  });
});

describe("Barrier", () => {
  test("[B1] lets its parties go together, each with a number of its own, again and again", async () => {
    const barrier = new Barrier(3);
    const workers = [await startWorker({ barrier }), await startWorker({ barrier })];
    for (let round = 0; round < 20; round += 1) {
      const places = await Promise.all([
        ...workers.map((worker) => worker.run((kept) => kept.barrier.waitSync())),
        barrier.wait(),
      ]);
      expect([...places].sort()).toEqual([0, 1, 2]);
    }
    expect([barrier.parties, barrier.waiting, barrier.broken]).toEqual([3, 0, false]);
  });

  test("[B2] one that gives up breaks it for all, until reset()", async () => {
    const barrier = new Barrier(3);
    const waits = errorOf(barrier.wait());
    await untilWaiting(barrier, 1);
    expect(await errorOf(barrier.wait({ timeoutMs: 1 }))).toBeInstanceOf(TimeoutError);
    expect(await waits).toBeInstanceOf(BrokenBarrierError);
    expect(barrier.broken).toBe(true);
    expect(() => barrier.waitSync()).toThrow(BrokenBarrierError);
    barrier.reset();
    expect(barrier.broken).toBe(false);
    expect(await Promise.all([1, 2, 3].map(() => barrier.wait()))).toEqual([0, 1, 2]);
  });

  test("[B3] abort() breaks it, reset() sends away who waits", async () => {
    const barrier = new Barrier(2);
    const first = errorOf(barrier.wait());
    barrier.abort();
    expect(await first).toBeInstanceOf(BrokenBarrierError);
    barrier.reset();
    const second = errorOf(barrier.wait());
    barrier.reset();
    expect(await second).toBeInstanceOf(BrokenBarrierError);
    expect(barrier.broken).toBe(false);
  });

  test("[B4] needs at least one party, and does not wait for itself alone", async () => {
    expect(() => new Barrier(0)).toThrow(RangeError);
    expect(() => new Barrier(1.5)).toThrow(RangeError);
    expect(await new Barrier(1).wait()).toBe(0);
  });

  test("[D7] a party that dies while it waits breaks it", async () => {
    const barrier = new Barrier(3);
    const worker = await startWorker({ barrier });
    const lost = errorOf(worker.run((kept) => kept.barrier.waitSync()));
    await untilWaiting(barrier, 1);
    const waits = errorOf(barrier.wait());
    await untilWaiting(barrier, 2);
    await worker.end();
    expect(await waits).toBeInstanceOf(BrokenBarrierError);
    await lost;
  });
});

describe("SharedValue and SharedArray", () => {
  test("[V1] hold numbers of their type, 0 at first", () => {
    expect(new SharedValue("float64").value).toBe(0);
    expect(new SharedValue("uint8", 257).value).toBe(1);
    expect(new SharedValue("bigint64", -1n).value).toBe(-1n);
    expect([...new SharedArray("int16", 3).view]).toEqual([0, 0, 0]);
    expect([...new SharedArray("float32", new Set([1, 0.5])).view]).toEqual([1, 0.5]);
    expect(new SharedArray("int8", [1, 2]).length).toBe(2);
  });

  test("[V2] refuse a type or a length that is none", () => {
    expect(() => new SharedValue("int7" as never)).toThrow(TypeError);
    expect(() => new SharedArray("int8", -1)).toThrow(RangeError);
  });

  test("[V3] update() loses no step of several threads", async () => {
    const value = new SharedValue("int32");
    const array = new SharedArray("float64", 1);
    const workers = [await startWorker({ value, array }), await startWorker({ value, array })];
    await Promise.all(
      workers.map((worker) =>
        worker.run((kept) => {
          for (let turn = 0; turn < 2000; turn += 1) {
            kept.value.update((before) => before + 1);
            kept.array.lock.runSync(() => {
              kept.array.view[0] = (kept.array.view[0] ?? 0) + 0.5;
            });
          }
        }),
      ),
    );
    expect([value.value, array.view[0]]).toEqual([4000, 2000]);
  });

  test("[V3] update() gives what is kept, and takes no async function", () => {
    const value = new SharedValue("int8", 127);
    expect(value.update((before) => before + 1)).toBe(-128);
    expect(() => value.update((before) => Promise.resolve(before) as never)).toThrow(TypeError);
    expect(value.value).toBe(-128);
  });

  test("[V4] may have a lock in common with others", () => {
    const lock = new RLock();
    const value = new SharedValue("int32", 1, lock);
    const array = new SharedArray("int32", [2], lock);
    expect(value.lock).toBe(array.lock);
    expect(lock.runSync(() => value.update((before) => before + 1))).toBe(2);
  });
});
