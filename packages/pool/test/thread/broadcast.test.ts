import { describe, expect, test } from "@jest/globals";
import {
  BrokenExecutorError,
  CancelledError,
  SerializationError,
  WorkerCrashedError,
  type ThreadPoolExecutor,
} from "../../src/index.js";
import * as Errands from "../fixtures/errand-tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { letGo, sharedCells, ThreadBench, whenBegun } from "./bench.js";

describe("broadcast()", () => {
  const bench = new ThreadBench();

  /** Starts so many threads; gives their ids, the oldest first. */
  async function start(executor: ThreadPoolExecutor, threads: number): Promise<number[]> {
    const cells = sharedCells(1);
    const calls = Array.from({ length: threads }, () => executor.run(Tasks.meet, cells, threads));
    return (await Promise.all(calls)).sort((a, b) => a - b);
  }

  test("runs once on every thread, and gives their values in order", async () => {
    const executor = bench.executor({ maxWorkers: 3 });
    const ids = await start(executor, 3);
    expect(await executor.broadcast(Errands.learn, "first")).toEqual(ids);
    expect(await executor.broadcast(Errands.learnLater, "second", 5)).toEqual(ids);
    const cells = sharedCells(1);
    await Promise.all(ids.map(() => executor.run(Tasks.meet, cells, 3)));
    const known = await Promise.all(
      Array.from({ length: 9 }, () => executor.run(Errands.lessonsOf)),
    );
    for (const { lessons } of known) expect(lessons).toEqual(["first", "second"]);
    expect(executor.stats()).toMatchObject({ completed: 3 + 3 + 9, pending: 0, running: 0 });
  });

  test("without threads gives no values, and runs on each before its first call, after the initializer", async () => {
    const executor = bench.executor({
      maxWorkers: 2,
      initializer: Errands.learnLater,
      initializerArgs: ["initializer", 5],
    });
    const lesson = { text: "slow" };
    expect(await executor.broadcast(Errands.learnLater, lesson, 5)).toEqual([]);
    expect(await executor.broadcast(Errands.learn, "quick")).toEqual([]);
    lesson.text = "changed since";
    const calls = Array.from({ length: 8 }, () => executor.run(Errands.lessonsOf));
    for (const { lessons } of await Promise.all(calls)) {
      expect(lessons).toEqual(["initializer", { text: "slow" }, "quick"]);
    }
  });

  test("comes before the calls that wait, and after those that have begun", async () => {
    const executor = bench.executor();
    const cells = sharedCells(2);
    const running = executor.submit(Tasks.waitFor, cells);
    await whenBegun(cells);
    const waiting = [1, 2, 3].map(() => executor.submit(Errands.lessonsOf));
    const taught = executor.broadcast(Errands.learnLater, "in time", 5);
    letGo(cells);
    await running.result();
    expect(await taught).toHaveLength(1);
    const known = await Promise.all(waiting.map((future) => future.result()));
    expect(known.at(-1)?.lessons).toEqual(["in time"]);
  });

  test("is no call of those after which a thread is replaced, and runs on the replacements", async () => {
    const executor = bench.executor({ maxTasksPerWorker: 1 });
    await executor.broadcast(Errands.learn, "all");
    const known = [];
    for (let n = 0; n < 3; n += 1) known.push(await executor.run(Errands.lessonsOf));
    expect(known.map(({ lessons }) => lessons)).toEqual([["all"], ["all"], ["all"]]);
    expect(new Set(known.map(({ threadId }) => threadId)).size).toBe(3);
  });

  test("that fails on a thread rejects with the error, and spares later threads", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    await start(executor, 2);
    const cells = sharedCells(1);
    const failing = executor.broadcast(Errands.failAfter, cells, 1);
    await expect(failing).rejects.toThrow(new RangeError("no more"));
    await expect(executor.run(Tasks.exitWith, 1)).rejects.toThrow(WorkerCrashedError);
    await start(executor, 2);
    expect(cells[0]).toBe(2);
  });

  test("that fails on a later thread breaks the executor, as a failing initializer", async () => {
    const executor = bench.executor();
    await executor.broadcast(Errands.failAfter, sharedCells(1), 0);
    const error = await executor.submit(Errands.lessonsOf).exception();
    expect(error).toBeInstanceOf(BrokenExecutorError);
    expect(error).toMatchObject({
      message: expect.stringContaining("broadcast"),
      cause: { name: "RangeError", message: "no more" },
    });
    expect(() => executor.broadcast(Errands.learn, 1)).toThrow(BrokenExecutorError);
  });

  test("that is the end of a thread rejects; one that ends every new thread breaks the executor", async () => {
    const executor = bench.executor();
    await start(executor, 1);
    await expect(executor.broadcast(Errands.exitAfter, sharedCells(1), 0)).rejects.toThrow(
      WorkerCrashedError,
    );
    const deadly = bench.executor();
    await deadly.broadcast(Errands.exitAfter, sharedCells(1), 0);
    expect(await deadly.submit(Errands.lessonsOf).exception()).toMatchObject({
      code: "CONCUR_BROKEN",
      cause: { code: "CONCUR_WORKER_CRASHED", exitCode: 5 },
    });
  });

  test("leaves out a thread that dies before it has begun there, and its replacement runs it", async () => {
    const executor = bench.executor();
    const gate = bench.scratch.gate();
    const dying = executor.submit(Tasks.exitLater, gate.path, 3);
    await gate.whenReached();
    expect(await executor.broadcast(Errands.learn, "for later")).toEqual([]);
    expect(await dying.exception()).toBeInstanceOf(WorkerCrashedError);
    expect((await executor.run(Errands.lessonsOf)).lessons).toEqual(["for later"]);
  });

  test("tells misuse at the call, and what cannot be sent by the promise", async () => {
    const executor = bench.executor();
    expect(() => executor.broadcast((() => 1) as unknown as typeof Errands.lessonsOf)).toThrow(
      TypeError,
    );
    await expect(executor.broadcast(Errands.learn, () => 1)).rejects.toThrow(SerializationError);
    await expect(executor.broadcast(Errands.learn, () => 1)).rejects.toThrow("args[0]");
    await executor.shutdown();
    expect(() => executor.broadcast(Errands.learn, 1)).toThrow("shutdown");
  });

  test("is waited for by shutdown(), and cancelled with what has not begun", async () => {
    const executor = bench.executor();
    await start(executor, 1);
    const taught = executor.broadcast(Errands.learnLater, "last", 10);
    await executor.shutdown();
    expect(await taught).toHaveLength(1);

    const hasty = bench.executor();
    const cells = sharedCells(2);
    hasty.submit(Tasks.waitFor, cells);
    await whenBegun(cells);
    const cancelled = hasty.broadcast(Errands.learn, "never").catch((error: unknown) => error);
    const down = hasty.shutdown({ cancelFutures: true });
    letGo(cells);
    await down;
    expect(await cancelled).toBeInstanceOf(CancelledError);
  });

  test("many of them at once keep their order, on threads that start meanwhile, too", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const calls = [executor.submit(Errands.lessonsOf)];
    const all = Array.from({ length: 1500 }, (_, n) => n);
    await Promise.all(all.map((n) => executor.broadcast(Errands.learn, n)));
    const cells = sharedCells(1);
    await Promise.all([1, 2].map(() => executor.run(Tasks.meet, cells, 2)));
    for (let n = 0; n < 6; n += 1) calls.push(executor.submit(Errands.lessonsOf));
    const known = await Promise.all(calls.map((future) => future.result()));
    for (const { lessons } of known.slice(1)) expect(lessons).toEqual(all);
  });
});
