import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import {
  BrokenExecutorError,
  ConcurError,
  ExecutorShutdownError,
  WorkerCrashedError,
  type Future,
} from "../../src/index.js";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { countedSince } from "../support/kept-executors.js";
import { benches, ThreadBench } from "../support/bench.js";

async function expectCrashed(future: Future<unknown>, details: object): Promise<void> {
  const error = await future.exception();
  expect(error).toBeInstanceOf(WorkerCrashedError);
  expect(error).toMatchObject({ code: "CONCUR_WORKER_CRASHED", started: true, ...details });
  expect(future.cancelled()).toBe(false);
}

describe.each(benches)("a call whose %s dies", (_kind, Bench) => {
  const bench = new Bench();

  test.each([0, 1, 42])(
    "[N4] [N5] [N7] [N18] [P6] [G7] by process.exit(%d) fails and tells the code",
    async (code) => {
      const executor = bench.shared();
      const future = executor.submit(Tasks.exitWith, code);
      await expectCrashed(future, { exitCode: code, signal: undefined });
      const { message, workerId } = (await future.exception()) as WorkerCrashedError;
      expect(workerId).toBeGreaterThan(0);
      expect(message).toMatch(new RegExp(`worker ${workerId} .*exit code ${code}`));
      expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
    },
  );

  test("[N6] has an error of its own", async () => {
    const executor = bench.executor({ maxWorkers: 2, onWorkerCrash: "break" });
    const gate = bench.scratch.gate();
    const running = executor.submit(Tasks.holdAt, gate.path);
    await gate.whenReached();
    const futures = [
      running,
      executor.submit(Tasks.exitWith, 1),
      executor.submit(Tasks.sameValue, 1),
      executor.submit(Tasks.sameValue, 2),
    ];
    const errors = await Promise.all(futures.map((future) => future.exception()));
    expect(new Set(errors).size).toBe(4);
  });

  test("[N11] [P13] after shutdown() was called fails, and shutdown() returns", async () => {
    const executor = bench.executor();
    const gate = bench.scratch.gate();
    const future = executor.submit(Tasks.exitAt, gate.path, 3);
    await gate.whenReached();
    const ending = executor.shutdown();
    gate.open();
    await ending;
    await expectCrashed(future, { exitCode: 3 });
  });

  test("[N12] [P15] takes nothing with it but itself, however large the arguments are", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const log = bench.scratch.log();
    const megabyte = new Uint8Array(2 ** 20);
    const futures = Array.from({ length: 10 }, (_, n) =>
      n % 2 === 0
        ? executor.submit(Tasks.hash, megabyte.slice())
        : executor.submit(Tasks.logThenExit, log.path, String(n), 1),
    );
    await Promise.all(futures.map((future) => future.exception()));
    for (const [n, { outcome }] of futures.entries()) {
      expect(outcome?.status).toBe(n % 2 === 0 ? "fulfilled" : "rejected");
    }
    expect(log.lines.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 5 }, (_, n) => 2 * n + 1),
    );
  });

  test("[P8] [P9] as its result is sent fails as well", async () => {
    const executor = bench.shared();
    await expectCrashed(executor.submit(Tasks.exitWhileSent, 4), { exitCode: 4 });
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
  });

  test("[N15] is told by an error that is a ConcurError and a BrokenExecutorError", async () => {
    const error = await bench.executor().submit(Tasks.exitWith, 1).exception();
    for (const Class of [WorkerCrashedError, BrokenExecutorError, ConcurError, Error]) {
      expect(error).toBeInstanceOf(Class);
    }
    expect(error).toHaveProperty("workerId", 1);
    expect(String(error)).toMatch(/^WorkerCrashedError: /);
  });
});

describe("a call whose thread dies", () => {
  const bench = new ThreadBench();

  test("[N17] by an error outside its flow fails, with that error as the cause", async () => {
    const executor = bench.shared();
    const future = executor.submit(Tasks.throwInTimer, "left alone");
    await expectCrashed(future, {
      exitCode: 1,
      cause: expect.objectContaining({ name: "RangeError", message: "left alone" }),
    });
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
  });

  test.each([
    ["[N17]", Tasks.throwLater],
    ["[N20]", Tasks.rejectLater],
  ])("%s after it is done keeps its value, and others go to another worker", async (_id, task) => {
    const executor = bench.shared();
    const counted = countedSince(executor);
    const first = await executor.run(task, "too late");
    // The worker is at its end, and nobody knows when; calls that it has not begun are done by another.
    while ((await executor.run(Tasks.whereAmI)).worker === first) await sleep(1);
    expect(counted()).toMatchObject({ failed: 0, pending: 0 });
  });

  test("[N13] while it has nothing to do is replaced", async () => {
    const executor = bench.shared();
    const first = await executor.run(Tasks.throwLater, "idle");
    while (executor.stats().workers > 0) await sleep(1);
    expect(await executor.run(Tasks.throwLater, "again")).not.toBe(first);
  });

  test("[N19] by its heap limit fails, with Node's word for it as the cause", async () => {
    const executor = bench.executor({ resourceLimits: { maxOldGenerationSizeMb: 16 } });
    await expectCrashed(executor.submit(Tasks.exhaustHeap), {
      cause: expect.objectContaining({ code: "ERR_WORKER_OUT_OF_MEMORY" }),
    });
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
  });
});

describe.each(benches)("onWorkerCrash of a %s", (_kind, Bench) => {
  const bench = new Bench();

  test("[N23] 'replace' fails the calls that ran there, and only them", async () => {
    const executor = bench.executor({ maxWorkers: 2, onWorkerCrash: "replace" });
    const gate = bench.scratch.gate();
    const running = executor.submit(Tasks.holdAt, gate.path);
    await gate.whenReached();
    const crashed = executor.submit(Tasks.exitWith, 1);
    const waiting = [1, 2, 3].map((n) => executor.submit(Tasks.sameValue, n));
    await expectCrashed(crashed, { exitCode: 1 });
    expect(await Promise.all(waiting.map((future) => future.result()))).toEqual([1, 2, 3]);
    gate.open();
    expect(await running.result()).toMatch(/\d/);
    expect(executor.stats()).toMatchObject({ completed: 4, failed: 1, cancelled: 0 });
  });

  test("[N1] [N2] [N8] [N9] [N10] 'break' fails what runs and waits, and ends the executor", async () => {
    const executor = bench.executor({ maxWorkers: 2, onWorkerCrash: "break" });
    const finished = executor.submit(Tasks.sameValue, "done");
    await finished.result();
    const gate = bench.scratch.gate();
    const running = executor.submit(Tasks.holdAt, gate.path);
    await gate.whenReached();
    const crashed = executor.submit(Tasks.exitWith, 9);
    const waiting = executor.submit(Tasks.sameValue, 1);
    const cancelled = executor.submit(Tasks.sameValue, 2);
    cancelled.cancel();
    await expectCrashed(crashed, { exitCode: 9 });
    for (const future of [running, waiting]) {
      const error = await future.exception();
      expect(error).toBeInstanceOf(BrokenExecutorError);
      expect(error).toMatchObject({ cause: { code: "CONCUR_WORKER_CRASHED", exitCode: 9 } });
    }
    expect(finished.outcome).toEqual({ status: "fulfilled", value: "done" });
    expect(cancelled.cancelled()).toBe(true);
    expect(() => executor.submit(Tasks.sameValue, 1)).toThrow(BrokenExecutorError);
    expect(() => executor.map(Tasks.sameValue, [1])).toThrow(BrokenExecutorError);
    await executor.shutdown();
    expect(executor.stats()).toMatchObject({ workers: 0, pending: 0, running: 0 });
    expect(() => executor.submit(Tasks.sameValue, 1)).toThrow(BrokenExecutorError);
    expect(() => executor.submit(Tasks.sameValue, 1)).not.toThrow(ExecutorShutdownError);
  });

  test("[N1] 'break' fails the items of a map as well", async () => {
    const executor = bench.executor({ onWorkerCrash: "break" });
    const results = executor.map(ContractTasks.delayed, [1, 2, 3, 4], [30, 0, 0, 0]);
    executor.submit(Tasks.exitWith, 1);
    const seen: unknown[] = [];
    for (let n = 0; n < 4; n += 1) {
      seen.push(
        await results.next().then(
          ({ value }) => value,
          (error: unknown) => error,
        ),
      );
    }
    // What had begun before the crash has its value; the order of a queue lets all four go first.
    expect(seen).toEqual([1, 2, 3, 4]);
    const more = bench.executor({ onWorkerCrash: "break" });
    more.submit(Tasks.exitWith, 1);
    const broken = more.map(ContractTasks.delayed, [1, 2], [0, 0]);
    await expect(broken.next()).rejects.toBeInstanceOf(BrokenExecutorError);
    await expect(broken.next()).rejects.toBeInstanceOf(BrokenExecutorError);
  });

  test("[N24] [T11] [T6] nothing is left after many crashes", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const futures = Array.from({ length: 16 }, (_, n) => {
      if (n % 4 === 0) return executor.submit(Tasks.exitWith, n);
      if (n % 4 === 1) return executor.submit(ContractTasks.throwNamed, "Error", "own");
      return executor.submit(Tasks.sameValue, n);
    });
    for (let n = 3; n < 16; n += 4) futures[n]?.cancel();
    await Promise.all(futures.map((future) => future.exception().catch(() => undefined)));
    const { pending, running, completed, failed, cancelled } = executor.stats();
    expect({ pending, running }).toEqual({ pending: 0, running: 0 });
    expect(completed + failed + cancelled).toBe(16);
    await executor.shutdown();
    expect(executor.stats().workers).toBe(0);
  });
});
