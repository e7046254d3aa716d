import { describe, expect, test } from "@jest/globals";
import {
  BrokenExecutorError,
  CancelledError,
  SerializationError,
  WorkerCrashedError,
  type Executor,
} from "../../src/index.js";
import * as BroadcastTasks from "../fixtures/broadcast-tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches } from "../support/bench.js";

describe.each(benches)("broadcast() of a %s", (kind, Bench) => {
  const bench = new Bench();

  /** Has a call on each of so many workers; says which they are, the oldest first. */
  async function start(executor: Executor, workers: number): Promise<string[]> {
    const { path } = bench.scratch.log();
    const calls = Array.from({ length: workers }, () => executor.run(Tasks.meet, path, workers));
    const seen = (await Promise.all(calls)).sort((a, b) => a.workerId - b.workerId);
    return seen.map(({ worker }) => worker);
  }

  test("runs once on every worker, and gives their values in order", async () => {
    const executor = bench.executor({ maxWorkers: 3 });
    const ids = await start(executor, 3);
    expect(await executor.broadcast(BroadcastTasks.learn, "first")).toEqual(ids);
    expect(await executor.broadcast(BroadcastTasks.learnLater, "second", 5)).toEqual(ids);
    expect(await start(executor, 3)).toEqual(ids);
    const known = await Promise.all(
      Array.from({ length: 9 }, () => executor.run(BroadcastTasks.lessonsOf)),
    );
    for (const { lessons } of known) expect(lessons).toEqual(["first", "second"]);
    expect(executor.stats()).toMatchObject({ completed: 3 + 3 + 9, pending: 0, running: 0 });
  });

  test("without workers gives no values, and runs on each before its first call, after the initializer", async () => {
    const executor = bench.executor({
      maxWorkers: 2,
      initializer: BroadcastTasks.learnLater,
      initializerArgs: ["initializer", 5],
    });
    const lesson = { text: "slow" };
    expect(await executor.broadcast(BroadcastTasks.learnLater, lesson, 5)).toEqual([]);
    expect(await executor.broadcast(BroadcastTasks.learn, "quick")).toEqual([]);
    lesson.text = "changed since";
    const calls = Array.from({ length: 8 }, () => executor.run(BroadcastTasks.lessonsOf));
    for (const { lessons } of await Promise.all(calls)) {
      expect(lessons).toEqual(["initializer", { text: "slow" }, "quick"]);
    }
  });

  test("comes before the calls that wait, and after those that have begun", async () => {
    const executor = bench.executor();
    const gate = bench.scratch.gate();
    const running = executor.submit(Tasks.holdAt, gate.path);
    await gate.whenReached();
    const waiting = [1, 2, 3].map(() => executor.submit(BroadcastTasks.lessonsOf));
    const taught = executor.broadcast(BroadcastTasks.learnLater, "in time", 5);
    gate.open();
    await running.result();
    expect(await taught).toHaveLength(1);
    const known = await Promise.all(waiting.map((future) => future.result()));
    expect(known.at(-1)?.lessons).toEqual(["in time"]);
  });

  test("is no call of those after which a worker is replaced, and runs on the replacements", async () => {
    const executor = bench.executor({ maxTasksPerWorker: 1 });
    await executor.broadcast(BroadcastTasks.learn, "all");
    const known = [];
    for (let n = 0; n < 3; n += 1) known.push(await executor.run(BroadcastTasks.lessonsOf));
    expect(known.map(({ lessons }) => lessons)).toEqual([["all"], ["all"], ["all"]]);
    expect(new Set(known.map(({ worker }) => worker)).size).toBe(3);
  });

  test("that fails on a worker rejects with the error, and spares later workers", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    await start(executor, 2);
    const log = bench.scratch.log();
    const failing = executor.broadcast(BroadcastTasks.failAfter, log.path, 1);
    await expect(failing).rejects.toThrow(new RangeError("no more"));
    await expect(executor.run(Tasks.exitWith, 1)).rejects.toThrow(WorkerCrashedError);
    await start(executor, 2);
    expect(log.lines).toHaveLength(2);
  });

  test("that fails on a later worker breaks the executor, as a failing initializer", async () => {
    const executor = bench.executor();
    await executor.broadcast(BroadcastTasks.failAfter, bench.scratch.log().path, 0);
    const error = await executor.submit(BroadcastTasks.lessonsOf).exception();
    expect(error).toBeInstanceOf(BrokenExecutorError);
    expect(error).toMatchObject({
      message: expect.stringContaining("broadcast"),
      cause: { name: "RangeError", message: "no more" },
    });
    expect(() => executor.broadcast(BroadcastTasks.learn, 1)).toThrow(BrokenExecutorError);
  });

  test("that is the end of a worker rejects; one that ends every new worker breaks the executor", async () => {
    const executor = bench.executor();
    await start(executor, 1);
    await expect(
      executor.broadcast(BroadcastTasks.exitAfter, bench.scratch.log().path, 0),
    ).rejects.toThrow(WorkerCrashedError);
    const deadly = bench.executor();
    await deadly.broadcast(BroadcastTasks.exitAfter, bench.scratch.log().path, 0);
    expect(await deadly.submit(BroadcastTasks.lessonsOf).exception()).toMatchObject({
      code: "CONCUR_BROKEN",
      cause: { code: "CONCUR_WORKER_CRASHED", exitCode: 5 },
    });
  });

  test("leaves out a worker that dies before it has begun there, and its replacement runs it", async () => {
    const executor = bench.executor();
    const gate = bench.scratch.gate();
    const dying = executor.submit(Tasks.exitAt, gate.path, 3);
    await gate.whenReached();
    const taught = executor.broadcast(BroadcastTasks.learn, "for later");
    gate.open();
    expect(await taught).toEqual([]);
    expect(await dying.exception()).toBeInstanceOf(WorkerCrashedError);
    expect((await executor.run(BroadcastTasks.lessonsOf)).lessons).toEqual(["for later"]);
  });

  test("tells misuse at the call, and what cannot be sent by the promise", async () => {
    const executor = bench.executor();
    expect(() =>
      executor.broadcast((() => 1) as unknown as typeof BroadcastTasks.lessonsOf),
    ).toThrow(TypeError);
    await expect(executor.broadcast(BroadcastTasks.learn, () => 1)).rejects.toThrow(
      SerializationError,
    );
    await expect(executor.broadcast(BroadcastTasks.learn, () => 1)).rejects.toThrow("args[0]");
    await executor.shutdown();
    expect(() => executor.broadcast(BroadcastTasks.learn, 1)).toThrow("shutdown");
  });

  test("is waited for by shutdown(), and cancelled with what has not begun", async () => {
    const executor = bench.executor();
    await start(executor, 1);
    const taught = executor.broadcast(BroadcastTasks.learnLater, "last", 10);
    await executor.shutdown();
    expect(await taught).toHaveLength(1);

    const hasty = bench.executor();
    const gate = bench.scratch.gate();
    hasty.submit(Tasks.holdAt, gate.path);
    await gate.whenReached();
    const cancelled = hasty
      .broadcast(BroadcastTasks.learn, "never")
      .catch((error: unknown) => error);
    const down = hasty.shutdown({ cancelFutures: true });
    gate.open();
    await down;
    // What a process was sent may have begun.
    const end = kind === "thread" ? [CancelledError.name] : ["Array"];
    expect([await cancelled].map((value) => (value as object).constructor.name)).toEqual(end);
  });

  test("many of them at once keep their order, on workers that start meanwhile, too", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const calls = [executor.submit(BroadcastTasks.lessonsOf)];
    const all = Array.from({ length: 1500 }, (_, n) => n);
    await Promise.all(all.map((n) => executor.broadcast(BroadcastTasks.learn, n)));
    await start(executor, 2);
    for (let n = 0; n < 6; n += 1) calls.push(executor.submit(BroadcastTasks.lessonsOf));
    const known = await Promise.all(calls.map((future) => future.result()));
    for (const { lessons } of known.slice(1)) expect(lessons).toEqual(all);
  });
});
