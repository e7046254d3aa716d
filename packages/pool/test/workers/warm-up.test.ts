import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import {
  BrokenExecutorError,
  ExecutorShutdownError,
  importTasks,
  inlineTask,
  type ProcessPoolExecutorOptions,
  type ThreadPoolExecutorOptions,
} from "../../src/index.js";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { printed, runProgram } from "../support/run-program.js";
import { until } from "../support/until.js";
import { benches } from "../support/bench.js";

describe.each(benches)("minWorkers of a %s", (_kind, Bench) => {
  const { Executor } = Bench;
  const bench = new Bench();

  test.each([
    [-1, RangeError, "minWorkers must be at least 0, not -1"],
    [3, RangeError, "minWorkers must be at most 2, which is maxWorkers, not 3"],
    [Infinity, RangeError, "minWorkers"],
    [0.5, TypeError, "minWorkers must be a whole number, not 0.5"],
    ["1", TypeError, "minWorkers must be a whole number"],
    [null, TypeError, "minWorkers must be a whole number"],
  ])("[K5] of %p is refused", (minWorkers, expected, message) => {
    const options = { maxWorkers: 2, minWorkers } as ThreadPoolExecutorOptions &
      ProcessPoolExecutorOptions;
    expect(() => new Executor(options)).toThrow(expected);
    expect(() => new Executor(options)).toThrow(message);
  });

  test("starts so many at once, with the initializer, and no more", async () => {
    const log = bench.scratch.log();
    const executor = bench.executor({
      maxWorkers: 3,
      minWorkers: 2,
      initializer: ContractTasks.log,
      initializerArgs: [log.path, "ready"],
    });
    expect(executor.stats().workers).toBeGreaterThan(0);
    await executor.warmUp();
    expect(executor.stats()).toMatchObject({ workers: 2, idle: 2, pending: 0, running: 0 });
    expect(log.lines).toEqual(["ready", "ready"]);
    await executor.run(Tasks.sameValue, 1);
    expect(executor.stats()).toMatchObject({ workers: 2, idle: 2 });
  });

  test("[L6] keeps so many that have nothing to do, and lets the others go", async () => {
    const executor = bench.executor({ maxWorkers: 3, minWorkers: 1, idleTimeoutMs: 20 });
    const gates = bench.scratch.gates(3);
    const futures = gates.map((gate) => executor.submit(Tasks.holdAt, gate.path));
    for (const gate of gates) await gate.whenReached();
    expect(executor.stats().workers).toBe(3);
    for (const gate of gates) gate.open();
    await Promise.all(futures.map((future) => future.result()));
    await until(() => executor.stats().workers === 1);
    const { worker } = await executor.run(Tasks.whereAmI);
    // Five times as long as a worker may be idle that is not kept.
    await sleep(100);
    expect((await executor.run(Tasks.whereAmI)).worker).toBe(worker);
  });

  test("[M1] [N13] replaces one that dies in a call, dies idle, or has done its last call", async () => {
    const log = bench.scratch.log();
    const executor = bench.executor({
      minWorkers: 1,
      maxTasksPerWorker: 2,
      initializer: ContractTasks.log,
      initializerArgs: [log.path, "ready"],
    });
    const whenStarted = (times: number): Promise<void> => until(() => log.lines.length === times);
    await executor.submit(Tasks.exitWith, 3).exception();
    await whenStarted(2);
    await executor.run(Tasks.throwLater, "idle");
    await whenStarted(3);
    await executor.run(Tasks.sameValue, 1);
    await executor.run(Tasks.sameValue, 2);
    await whenStarted(4);
    await executor.warmUp();
    expect(log.lines).toHaveLength(4);
  });

  test("[J5] with an initializer that fails breaks the executor before the first call", async () => {
    const executor = bench.executor({
      minWorkers: 1,
      initializer: Tasks.failToInitialize,
      initializerArgs: ["no licence"],
    });
    await until(() => executor.stats().workers === 0);
    expect(() => executor.submit(Tasks.sameValue, 1)).toThrow(BrokenExecutorError);
    expect(() => executor.warmUp()).toThrow(BrokenExecutorError);
  });

  test("[M10] replaces none once the executor is ended", async () => {
    const executor = bench.executor({ maxWorkers: 2, minWorkers: 2 });
    await executor.warmUp();
    await executor.terminateWorkers();
    expect(executor.stats().workers).toBe(0);
    const other = bench.executor({ maxWorkers: 2, minWorkers: 2 });
    // Before they are ready.
    await other.shutdown();
    expect(other.stats().workers).toBe(0);
  });
});

describe.each(benches)("warmUp() of a %s", (_kind, Bench) => {
  const { Executor } = Bench;
  const bench = new Bench();

  test("[L6] starts all workers there may be, which then live as others do", async () => {
    const executor = bench.executor({ maxWorkers: 2, idleTimeoutMs: 1 });
    const warm = executor.warmUp();
    const again = executor.warmUp();
    expect(again).not.toBe(warm);
    await Promise.all([warm, again]);
    await until(() => executor.stats().workers === 0);
    await executor.warmUp();
    expect(await executor.run(Tasks.sameValue, 1)).toBe(1);
  });

  test("waits for workers that are at work already, and is done where all are ready", async () => {
    const gate = bench.scratch.gate();
    const executor = bench.executor({ maxWorkers: 2 });
    const future = executor.submit(Tasks.holdAt, gate.path);
    await executor.warmUp();
    expect(executor.stats().workers).toBe(2);
    await gate.whenReached();
    await executor.warmUp();
    expect(executor.stats()).toMatchObject({ workers: 2, idle: 1, busy: 1 });
    gate.open();
    await future.result();
  });

  test("[J5] rejects with what breaks the executor, each time with another error", async () => {
    const executor = bench.executor({
      maxWorkers: 2,
      initializer: Tasks.failToInitialize,
      initializerArgs: ["no licence"],
    });
    const errors = (await Promise.allSettled([executor.warmUp(), executor.warmUp()])).map((end) =>
      end.status === "rejected" ? (end.reason as unknown) : undefined,
    );
    for (const error of errors) {
      expect(error).toBeInstanceOf(BrokenExecutorError);
      expect(error).toMatchObject({
        message: expect.stringContaining("initializer"),
        cause: { name: "RangeError", message: "no licence" },
      });
    }
    expect(new Set(errors).size).toBe(2);
    expect(() => executor.warmUp()).toThrow(BrokenExecutorError);
  });

  test("[J4] rejects where the initializer's module is missing", async () => {
    const { absent } = importTasks<{ absent: () => void }>(
      new URL("../fixtures/no-such-module.mjs", import.meta.url),
    );
    const executor = bench.executor({ initializer: absent });
    await expect(executor.warmUp()).rejects.toMatchObject({
      code: "CONCUR_BROKEN",
      cause: { message: expect.stringContaining("no-such-module") },
    });
  });

  test("[J16] rejects where a worker is not up in time, and leaves what works", async () => {
    const gate = bench.scratch.gate();
    const log = bench.scratch.log();
    // The first that comes is ready at once, the others never are.
    const onlyOne = inlineTask(async (path: string) => {
      const { writeFileSync } = process.getBuiltinModule("node:fs");
      try {
        writeFileSync(path, "", { flag: "wx" });
      } catch {
        await new Promise(() => setTimeout(() => undefined, 1e9));
      }
    });
    const executor = bench.executor({
      maxWorkers: 2,
      initializer: onlyOne,
      initializerArgs: [log.path],
      startupTimeoutMs: 4000,
    });
    const held = executor.submit(Tasks.holdAt, gate.path);
    await gate.whenReached();
    await expect(executor.warmUp()).rejects.toThrow("a worker was not up within 4000 ms");
    gate.open();
    await held.result();
    expect(await executor.run(Tasks.sameValue, 2)).toBe(2);
    await executor.killWorkers();
  });

  test("rejects where workers die as soon as they are ready", async () => {
    // More than can ever be ready at the same time.
    const executor = bench.executor({
      maxWorkers: 1000,
      initializer: inlineTask(() => {
        setImmediate(() => process.exit(5));
      }),
    });
    await expect(executor.warmUp()).rejects.toThrow(
      /^\d+ workers in a row died before .*the last ended with exit code 5$/,
    );
  });

  test("[I15] rejects when the executor is ended first", async () => {
    for (const end of ["shutdown", "terminateWorkers", "killWorkers"] as const) {
      const executor = bench.executor({ maxWorkers: 2 });
      const warm = executor.warmUp();
      const ended = executor[end]();
      await expect(warm).rejects.toBeInstanceOf(ExecutorShutdownError);
      await ended;
      expect(executor.stats().workers).toBe(0);
      expect(() => executor.warmUp()).toThrow(ExecutorShutdownError);
    }
  });

  test("may be called, and cut short, in a callback", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    let warm: Promise<void> | undefined;
    const future = executor.submit(Tasks.sameValue, 1);
    future.addDoneCallback(() => {
      warm = executor.warmUp();
    });
    await future.result();
    await warm;
    expect(executor.stats().workers).toBe(2);

    const other = new Executor({ maxWorkers: 2 });
    const last = other.submit(Tasks.sameValue, 1);
    last.addDoneCallback(() => {
      warm = other.warmUp();
      void other.terminateWorkers();
    });
    await last.result();
    await expect(warm).rejects.toBeInstanceOf(ExecutorShutdownError);
    await other.shutdown();
  });
});

describe.each(benches)("a program that warms a %s up", (_kind, { Executor: { name } }) => {
  test("waits for the workers, and ends with them; a module that a worker loads starts none", async () => {
    expect(await runProgram("thread/warm.mjs", [], [name])).toEqual(printed("1", "0", "1"));
  });
});
