import { afterEach, describe, expect, test } from "@jest/globals";
import {
  BoundedSemaphore,
  DeadlockError,
  ReadWriteLock,
  RLock,
  Semaphore,
} from "../../src/index.js";
import { endWorkers, startWorker } from "../support/workers.js";
import { errorOf, untilWaiting } from "../support/waiters.js";

afterEach(endWorkers);

describe.each([
  ["Semaphore", Semaphore],
  ["BoundedSemaphore", BoundedSemaphore],
])("%s", (_name, Class) => {
  test("[S1] lets as many in as there are permits, one by default", async () => {
    expect(new Class().value).toBe(1);
    const semaphore = new Class(2);
    const guards = [await semaphore.acquire(), semaphore.acquireSync()];
    expect(semaphore.value).toBe(0);
    expect(semaphore.tryAcquire()).toBeUndefined();
    const third = semaphore.acquire();
    await untilWaiting(semaphore, 1);
    guards[0]?.release();
    guards[0]?.release();
    const guard = await third;
    expect(semaphore.value).toBe(0);
    guard.release();
    guards[1]?.release();
    expect(semaphore.value).toBe(2);
  });

  test("[S2] refuses a number of permits that is none", () => {
    expect(() => new Class(-1)).toThrow(RangeError);
    expect(() => new Class(1.5)).toThrow(RangeError);
    expect(() => new Class(1).release(0)).toThrow(RangeError);
    expect(new Class(0).value).toBe(0);
  });

  test("[S3] release() gives back without a guard, several at once, and wakes as many", async () => {
    const semaphore = new Class(2);
    await semaphore.acquire();
    await semaphore.acquire();
    const waits = [semaphore.acquire(), semaphore.acquire()];
    await untilWaiting(semaphore, 2);
    semaphore.release(2);
    await Promise.all(waits);
    expect(semaphore.value).toBe(0);
    semaphore.release(2);
    expect(semaphore.value).toBe(2);
  });

  test("[D4] the permits of a thread that dies go back, and the next owner is told", async () => {
    const semaphore = new Class(2);
    const worker = await startWorker({ semaphore });
    await worker.run((kept) => {
      kept.semaphore.acquireSync();
      kept.semaphore.acquireSync();
    });
    const waits = semaphore.acquire();
    await untilWaiting(semaphore, 1);
    await worker.end();
    const guard = await waits;
    expect(guard.abandoned).toBe(true);
    guard.release();
    expect(semaphore.value).toBe(2);
  });
});

test("[S4] a Semaphore may get more permits than it had, a BoundedSemaphore never", () => {
  const semaphore = new Semaphore(0);
  semaphore.release(3);
  expect(semaphore.value).toBe(3);
  const bounded = new BoundedSemaphore(1);
  expect(() => bounded.release()).toThrow(RangeError);
  bounded.acquireSync();
  expect(() => bounded.release(2)).toThrow(RangeError);
  expect(bounded.value).toBe(0);
  bounded.release();
  expect(bounded.value).toBe(1);
});

test("[S5] what one thread takes another may give back", async () => {
  const semaphore = new Semaphore(0);
  const worker = await startWorker({ semaphore });
  const waits = worker.run((kept) => {
    for (let turn = 0; turn < 100; turn += 1) kept.semaphore.acquireSync();
  });
  for (let turn = 0; turn < 100; turn += 1) semaphore.release();
  await waits;
  expect(semaphore.value).toBe(0);
});

describe("RLock", () => {
  test("[R1] its thread may take it again, blocking, and gives it back as often", async () => {
    const lock = new RLock();
    const worker = await startWorker({ lock });
    const outer = lock.acquireSync();
    const inner = lock.acquireSync();
    const third = lock.tryAcquire();
    const isFree = (): Promise<boolean> =>
      worker.run((kept) => {
        const guard = kept.lock.tryAcquire();
        guard?.release();
        return guard !== undefined;
      });
    inner.release();
    third?.release();
    inner.release();
    expect(await isFree()).toBe(false);
    outer.release();
    expect(await isFree()).toBe(true);
  });

  test("[R2] what run() calls may take it again, and nobody else", async () => {
    const lock = new RLock();
    const order: string[] = [];
    const first = lock.run(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await lock.run(async () => {
        await Promise.resolve();
        order.push("inside");
      });
      lock.acquireSync().release();
      (await lock.acquire()).release();
      order.push("first");
    });
    const second = lock.run(() => {
      order.push("second");
    });
    await Promise.all([first, second]);
    expect(order).toEqual(["inside", "first", "second"]);
    expect(lock.locked).toBe(false);
  });

  test("[R3] what acquire() gave cannot be taken again; to block for it is a DeadlockError", async () => {
    const lock = new RLock();
    const guard = await lock.acquire();
    expect(lock.tryAcquire()).toBeUndefined();
    expect(() => lock.acquireSync()).toThrow(DeadlockError);
    guard.release();
  });

  test("[R2] what goes on after run() has ended has nothing any more", async () => {
    const lock = new RLock();
    let later: Promise<void> | undefined;
    await lock.run(() => {
      later = (async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        const guard = lock.tryAcquire();
        expect(guard).toBeUndefined();
      })();
    });
    const guard = await lock.acquire();
    await later;
    guard.release();
  });
});

describe("ReadWriteLock", () => {
  test("[W1] lets many read or one write", async () => {
    const lock = new ReadWriteLock();
    const readers = [await lock.acquireRead(), lock.acquireReadSync()];
    expect([lock.readers, lock.writing]).toEqual([2, false]);
    expect(lock.tryAcquireWrite()).toBeUndefined();
    for (const reader of readers) reader.release();
    const writer = lock.acquireWriteSync();
    expect([lock.readers, lock.writing]).toEqual([0, true]);
    expect(lock.tryAcquireRead()).toBeUndefined();
    expect(lock.tryAcquireWrite()).toBeUndefined();
    writer.release();
  });

  test("[W2] who comes to read behind a writer that waits waits, and then all of them read", async () => {
    const lock = new ReadWriteLock();
    const first = await lock.acquireRead();
    const order: string[] = [];
    const writes = lock.runWrite(() => order.push("write"));
    const reads = [1, 2].map(() => lock.runRead(() => order.push(`${lock.readers} read`)));
    await untilWaiting(lock, 3);
    first.release();
    await Promise.all([writes, ...reads]);
    expect(order).toEqual(["write", "2 read", expect.stringMatching(/ read$/)]);
  });

  test("[W3] readers go on when the writer before them gives up", async () => {
    const lock = new ReadWriteLock();
    const first = await lock.acquireRead();
    const controller = new AbortController();
    const writes = errorOf(lock.acquireWrite({ signal: controller.signal }));
    const reads = lock.acquireRead();
    await untilWaiting(lock, 2);
    controller.abort("enough");
    (await reads).release();
    expect(await writes).toBe("enough");
    first.release();
  });

  test("[W4] a thread that blocks for what it reads or writes itself gets a DeadlockError", async () => {
    const lock = new ReadWriteLock();
    const reader = lock.acquireReadSync();
    expect(() => lock.acquireWriteSync()).toThrow(DeadlockError);
    lock.acquireReadSync().release();
    const writes = lock.acquireWrite();
    await untilWaiting(lock, 1);
    expect(() => lock.acquireReadSync()).toThrow(DeadlockError);
    reader.release();
    (await writes).release();
  });

  test("[D5] when a writer dies, all are told up to the next writer; of a reader nobody is", async () => {
    const lock = new ReadWriteLock();
    const workers = [await startWorker({ lock }), await startWorker({ lock })];
    await workers[0]?.run((kept) => {
      kept.lock.acquireReadSync();
    });
    const waits = lock.acquireWrite();
    await untilWaiting(lock, 1);
    await workers[0]?.end();
    const writer = await waits;
    expect(writer.abandoned).toBe(false);
    writer.release();
    await workers[1]?.run((kept) => {
      kept.lock.acquireWriteSync();
    });
    const reads = lock.acquireRead();
    await untilWaiting(lock, 1);
    await workers[1]?.end();
    const reader = await reads;
    expect(reader.abandoned).toBe(true);
    reader.release();
    const abandoned: boolean[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      await lock.runWrite((guard) => abandoned.push(guard.abandoned));
    }
    expect(abandoned).toEqual([true, false]);
  });
});
