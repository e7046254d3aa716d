// workerpool's own queue. Our rule for all of it: it is always empty. Each of our workers is inside one call that
// never ends, and calls of users wait in our queue.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { describe, expect, test } from "@jest/globals";
import workerpool, { type WorkerPoolOptions } from "workerpool";
import { TestPool, endOf, errorOf, expectHanging, fixture, valueOf } from "./support.js";

test("cancelling a queued call leaves it in the queue, and it still counts against maxQueueSize", async () => {
  // Our queue forgets a cancelled call at once.
  await using pool = new TestPool({ maxQueueSize: 1 });
  pool.exec("attach");
  const queued = pool.exec("identity", [1]);

  queued.cancel();

  expect(queued.rejected).toBe(true);
  expect(pool.counts.queued).toBe(1);
  expect(() => pool.exec("identity", [2])).toThrow("Max queue size of 1 reached");
});

test("a full queue makes exec() throw, where other failures reject", async () => {
  // Our submit() has one rule for what throws and what rejects; workerpool's limit is never reached.
  await using pool = new TestPool({ maxQueueSize: 1 });
  pool.exec("attach");
  pool.exec("identity", [1]);

  expect(() => pool.exec("identity", [2])).toThrow("Max queue size of 1 reached");
});

test("maxQueueSize 0 means no limit", async () => {
  // Our own option takes zero by its word.
  await using pool = new TestPool({ maxQueueSize: 0 });
  pool.exec("attach");
  pool.exec("identity", [1]);

  expect(pool.counts.queued).toBe(1);
});

describe("when a worker exits while calls are queued", () => {
  test("they hang until somebody makes another call", async () => {
    // We hear of the exit ourselves, and give the queued calls to a new worker.
    await using pool = new TestPool();
    const { call, thread } = pool.spawnThread("exit", [3]);
    const queued = pool.exec("identity", [1]);
    const exited = endOf(thread);

    await errorOf(call);
    await exited;
    await expectHanging(queued);
    expect(pool.counts).toEqual({ workers: 0, busy: 0, queued: 1 });

    expect(await valueOf(pool.exec("identity", [2]))).toBe(2);
    expect(await valueOf(queued)).toBe(1);
  });

  test("onTerminateWorker is not called", async () => {
    // We rely on the thread's own events.
    const ended: unknown[] = [];
    await using pool = new TestPool({ onTerminateWorker: (worker) => ended.push(worker) });
    const { call, thread } = pool.spawnThread("exit", [3]);
    const exited = endOf(thread);

    await errorOf(call);
    await exited;
    await sleep(150);
    expect(ended).toEqual([]);

    await valueOf(pool.exec("identity", [1]));
    await valueOf(pool.terminate());
    expect(ended).toHaveLength(1);
  });
});

test("when the worker's script cannot be loaded, the first call fails and the queued ones hang", async () => {
  // We count failed starts, and fail every queued call after too many.
  await using pool = new TestPool({}, "/no/such/worker.cjs");
  const first = pool.exec("identity", [1]);
  const second = pool.exec("identity", [2]);

  const error = await errorOf(first);

  expect(error.message).toContain("Cannot find module '/no/such/worker.cjs'");
  expect(error.cause).toMatchObject({ code: "MODULE_NOT_FOUND" });
  await expectHanging(second);
});

test("a worker that dies while idle stays listed, and the next call fails in its place", async () => {
  // None of our workers is ever idle to workerpool, and we never reuse one that ended.
  await using pool = new TestPool();
  const { call, thread } = pool.spawnThread("identity", [1]);
  await valueOf(call);
  const exited = endOf(thread);
  await thread.terminate();
  await exited;
  expect(pool.counts).toEqual({ workers: 1, busy: 0, queued: 0 });

  const error = await errorOf(pool.exec("identity", [2]));

  expect(error).toBeInstanceOf(workerpool.TerminateError);
  expect(error.message).toBe("Worker is terminated");
  expect(await valueOf(pool.exec("identity", [3]))).toBe(3);
});

describe("when a worker cannot even be made", () => {
  const failures: [string, () => WorkerPoolOptions, string][] = [
    [
      "its workerData cannot be cloned",
      () => ({ workerThreadOpts: { workerData: () => {} } }),
      "could not be cloned",
    ],
    [
      "a flag in its execArgv is not for threads",
      () => ({ workerThreadOpts: { execArgv: ["--max-old-space-size=64"] } }),
      "invalid execArgv flags",
    ],
    [
      "workerpool does not know one of its options",
      () => ({ workerThreadOpts: { bogus: 1 } }),
      'contains an unknown option "bogus"',
    ],
    [
      "onCreateWorker throws",
      () => ({
        onCreateWorker() {
          throw new Error("not today");
        },
      }),
      "not today",
    ],
  ];

  test.each(failures)(
    "because %s, exec() throws, and the call stays queued",
    async (_, options, message) => {
      // We check what can be checked before, and drop the whole pool of workerpool's after a failure.
      await using pool = new TestPool(options());

      expect(() => pool.exec("attach")).toThrow(message);

      expect(pool.counts).toEqual({ workers: 0, busy: 0, queued: 1 });
      expect(pool.threads).toEqual([]);
    },
  );

  test("the ports that were to go with it stay here, and work", async () => {
    // We close them: nobody else will.
    const { port1, port2 } = new MessageChannel();
    await using pool = new TestPool({
      workerThreadOpts: { workerData: { port2, uncloneable() {} }, transferList: [port2] },
    });
    expect(() => pool.exec("attach")).toThrow("could not be cloned");

    port1.postMessage(1);

    expect(await once(port2, "message")).toEqual([1]);
    port1.close();
  });

  test("the next worker takes the call that failed, and not the one it was made for", async () => {
    // The same: after a failure, the promise of a call says nothing about the worker that was made in it.
    const workerData: unknown[] = [() => {}, 1, 2];
    await using pool = new TestPool({
      maxWorkers: 2,
      onCreateWorker: () => ({ workerThreadOpts: { workerData: workerData.shift() } }),
    });
    expect(() => pool.exec("attach")).toThrow("could not be cloned");

    const { call, thread } = pool.spawnThread("attach");
    const exited = endOf(thread);
    expect(pool.counts).toEqual({ workers: 1, busy: 1, queued: 1 });
    await thread.terminate();
    await exited;

    await expectHanging(call);
  });
});

test("a call's timeout begins with the start of its worker, not of the task", async () => {
  // Our time limit begins when the task does.
  await using pool = new TestPool({}, fixture("slow-start.cjs"));
  const call = pool.exec("identity", [1]);

  call.timeout(100);

  expect((await errorOf(call)).name).toBe("TimeoutError");
});
