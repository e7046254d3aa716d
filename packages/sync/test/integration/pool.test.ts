import { importTasks, ProcessPoolExecutor, ThreadPoolExecutor, type Executor } from "@concur/pool";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Event, Lock, Queue, SharedValue } from "../../src/index.js";
import { errorOf, until, untilWaiting, waitersOf } from "../support/waiters.js";

type Tasks = Record<
  "isLock" | "wasGreeted" | "greet" | "sameTwice" | "add" | "addIn" | "nothing",
  (...args: unknown[]) => unknown
> &
  Record<"holdForEver" | "exitWith" | "blockFor" | "waitFor", (...args: unknown[]) => void> & {
    produce(queue: unknown, from: number, to: number): Promise<void>;
    consume(queue: unknown): AsyncIterableIterator<number>;
  };

const tasks = importTasks<Tasks>(new URL("../fixtures/tasks.mjs", import.meta.url));
const strangers = importTasks<{ take(thing: unknown): string }>(
  new URL("../fixtures/strangers.mjs", import.meta.url),
);

describe("with the threads of @concur/pool", () => {
  let executor: ThreadPoolExecutor;
  beforeAll(() => {
    executor = new ThreadPoolExecutor({ maxWorkers: 2 });
  });
  afterAll(() => executor.killWorkers());

  test("[T2] an argument arrives as what it was, also inside of others, and is the same for all", async () => {
    const lock = new Lock();
    const count = new SharedValue("int32");
    await Promise.all([1, 2, 3].map(() => executor.run(tasks.add, lock, { deep: [count] }, 500)));
    expect(count.value).toBe(1500);
    expect(await executor.with({ name: "named" }).run(tasks.isLock, lock)).toBe(true);
    expect(await executor.run(tasks.sameTwice, lock, lock)).toBe(true);
  });

  test("[T2] so it does in calls of map(), and in a broadcast", async () => {
    const lock = new Lock();
    const counts = new Map([["count", new SharedValue("int32")]]);
    const items = [1, 2, 3, 4, 5].map((turns) => ({ lock, counts, turns }));
    await executor.with({ chunkSize: 2 }).map(tasks.addIn, items).toArray();
    expect(counts.get("count")?.value).toBe(15);
    await executor.with({ chunkSize: 2 }).map(tasks.isLock, [lock, lock], [1, 2]).toArray();
    expect(await executor.broadcast(tasks.isLock, lock)).not.toContain(false);
  });

  test("[T3] a task that does not load the package gets an error that says so, and only that call", async () => {
    const alone = new ThreadPoolExecutor({ maxWorkers: 1 });
    const error = await errorOf(alone.run(strangers.take, [new Lock()]));
    expect(error).toMatchObject({
      code: "CONCUR_NOT_SERIALIZABLE",
      message: expect.stringMatching(/^a Lock .* @concur\/sync: import it in the module/),
    });
    expect(await alone.run(strangers.take, [])).toBe("object");
    await alone.shutdown();
  });

  test("[T4] an initializer gets it", async () => {
    const greeting = new ThreadPoolExecutor({
      maxWorkers: 1,
      initializer: tasks.greet,
      initializerArgs: [new Lock()],
    });
    expect(await greeting.run(tasks.wasGreeted)).toBe(true);
    await greeting.shutdown();
  });

  test("[T5] items go from task to task through a queue, into a stream", async () => {
    const queue = new Queue({ maxSize: 4 });
    const got: number[] = [];
    const stream = executor.stream(tasks.consume, queue);
    const produced = executor.run(tasks.produce, queue, 0, 50).then(() => {
      queue.close();
    });
    for await (const value of stream) got.push(value);
    await produced;
    expect(got).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });

  test.each(["holdForEver", "exitWith"] as const)(
    "[D1] a worker that dies with a lock workers it on: %s",
    async (name) => {
      const lock = new Lock();
      const ready = new Event();
      const future = executor.with({ killAfterMs: 0 }).submit(tasks[name], lock, ready);
      if (name === "holdForEver") {
        await ready.wait();
        future.abort();
      }
      await errorOf(future.result());
      const guard = await lock.acquire({ timeoutMs: 60_000 });
      expect(guard.abandoned).toBe(true);
      guard.release();
    },
  );

  test.each(["blockFor", "waitFor"] as const)(
    "[G5] timeoutMs and abort() reach a task that waits, and it leaves the queue: %s",
    async (name) => {
      const lock = new Lock();
      const guard = await lock.acquire();
      const stubborn = executor.with({ killAfterMs: Infinity });
      const limited = stubborn.with({ timeoutMs: 20 }).run(tasks[name], lock);
      expect(await errorOf(limited)).toMatchObject({ code: "CONCUR_TIMEOUT" });
      const future = stubborn.submit(tasks[name], lock);
      await untilWaiting(lock, 1);
      future.abort("enough");
      expect(await errorOf(future.result())).toMatchObject({ code: "CONCUR_CANCELLED" });
      await until(() => waitersOf(lock) === 0);
      guard.release();
      await executor.run(tasks[name], lock);
    },
  );
});

test("[T6] to a process it cannot go, and the error says what to do", async () => {
  const executor: Executor = new ProcessPoolExecutor({ maxWorkers: 1 });
  const queue = new Queue();
  const refusal = {
    code: "CONCUR_NOT_SERIALIZABLE",
    message: expect.stringMatching(/is a Queue, .* use a ThreadPoolExecutor/),
  };
  expect(await errorOf(executor.run(tasks.isLock, { queue }))).toMatchObject(refusal);
  expect(await errorOf(executor.broadcast(tasks.isLock, queue))).toMatchObject(refusal);
  expect(await errorOf(executor.map(tasks.isLock, [1, queue]).toArray())).toMatchObject(refusal);
  expect(() => {
    new ProcessPoolExecutor({ initializer: tasks.greet, initializerArgs: [queue] });
  }).toThrow(expect.objectContaining(refusal));
  await executor.shutdown();
});
