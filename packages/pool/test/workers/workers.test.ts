import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { SHARE_ENV, threadId as ownThreadId } from "node:worker_threads";
import { describe, expect, test } from "@jest/globals";
import {
  inlineTask,
  ProcessPoolExecutor,
  type ProcessPoolExecutorOptions,
  ThreadPoolExecutor,
  type ThreadPoolExecutorOptions,
} from "../../src/index.js";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { runProgram } from "../support/run-program.js";
import { rounds } from "../support/rounds.js";
import { until } from "../support/until.js";
import { benches, ThreadBench } from "../support/bench.js";

describe.each(benches)("maxWorkers of a %s", (_kind, Bench) => {
  const { Executor } = Bench;
  const bench = new Bench();

  test("[K2] [K3] [K10] is the number of usable processors, and can be read", () => {
    expect(bench.executor({ maxWorkers: undefined }).maxWorkers).toBe(availableParallelism());
    expect(bench.executor({ maxWorkers: 7 }).maxWorkers).toBe(7);
  });

  test.each([
    ["[K1]", 0, RangeError],
    ["[K1]", -1, RangeError],
    ["[K1]", Infinity, RangeError],
    ["[K5]", 2.5, TypeError],
    ["[K5]", "2", TypeError],
    ["[K5]", true, TypeError],
    ["[K5]", null, TypeError],
  ])("%s of %p is refused", (_id, maxWorkers, expected) => {
    const options = { maxWorkers } as ThreadPoolExecutorOptions & ProcessPoolExecutorOptions;
    expect(() => new Executor(options)).toThrow(expected);
  });

  test("[K5] options that are unknown or unsound are refused", () => {
    for (const [option, value, expected] of [
      ["maxWorker", 2, TypeError],
      ["onWorkerCrash", "ignore", RangeError],
      ["idleTimeoutMs", -1, RangeError],
      ["killAfterMs", "0", TypeError],
      ["startupTimeoutMs", NaN, RangeError],
      ["initializerArgs", "abc", TypeError],
      ["workerName", 5, TypeError],
      ["env", "HOME=/", TypeError],
      ["env", null, TypeError],
      ["env", ["HOME"], TypeError],
      ["env", { HOME: 1 }, TypeError],
      ["execArgv", "--no-warnings", TypeError],
      ["execArgv", [1], TypeError],
    ] as const) {
      const options = { [option]: value } as ThreadPoolExecutorOptions & ProcessPoolExecutorOptions;
      expect(() => new Executor(options)).toThrow(expected);
      expect(() => new Executor(options)).toThrow(option);
    }
  });

  test("[K6] [S8] calls that block their workers run in so many at a time, and no more", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const gates = bench.scratch.gates(30);
    const futures = gates.map((gate) => executor.submit(Tasks.holdAt, gate.path));
    const begun = (): number => gates.filter((gate) => gate.reached).length;
    await until(() => begun() === 2);
    expect(executor.stats()).toMatchObject({ workers: 2, busy: 2, running: 2, pending: 28 });
    // Each that ends lets the next one begin, and no other.
    for (let ended = 1; ended <= 28; ended += 1) {
      gates[ended - 1]?.open();
      await gates[ended + 1]?.whenReached();
      expect(begun()).toBe(ended + 2);
    }
    bench.scratch.openGates();
    const workers = await Promise.all(futures.map((future) => future.result()));
    expect(new Set(workers).size).toBe(2);
  });

  test("[L5] with fewer workers than calls, calls are let go one by one and all end", async () => {
    const executor = bench.executor({ maxWorkers: 4 });
    const gates = bench.scratch.gates(10);
    const futures = gates.map((gate) => executor.submit(Tasks.holdAt, gate.path));
    for (const [at, gate] of gates.entries()) {
      await gate.whenReached();
      gate.open();
      await futures[at]?.result();
    }
    expect(executor.stats()).toMatchObject({ workers: 4, completed: 10 });
  });

  test("[K7] [L3] workers start as calls need them, one for a call at most", async () => {
    const executor = bench.executor({ maxWorkers: 5 });
    expect(executor.stats().workers).toBe(0);
    const gates = bench.scratch.gates(2);
    const futures = gates.map((gate) => executor.submit(Tasks.holdAt, gate.path));
    for (const gate of gates) await gate.whenReached();
    expect(executor.stats().workers).toBe(2);
    for (const gate of gates) gate.open();
    await Promise.all(futures.map((future) => future.result()));
    await executor.run(Tasks.whereAmI);
    expect(executor.stats()).toMatchObject({ workers: 2, idle: 2 });
  });

  test("[L1] three calls one after the other use one worker", async () => {
    const executor = bench.executor({ maxWorkers: 3 });
    const ids = new Set<string>();
    for (let n = 0; n < 3; n += 1) ids.add((await executor.run(Tasks.whereAmI)).worker);
    expect(ids.size).toBe(1);
    expect(executor.stats().workers).toBe(1);
  });

  test("[L2] calls of which some are waited for need no more than three workers", async () => {
    const executor = bench.executor({ maxWorkers: 5 });
    await executor.run(ContractTasks.power, 21, 2);
    executor.submit(ContractTasks.power, 6, 7);
    executor.submit(ContractTasks.power, 6, 7);
    await executor.run(ContractTasks.power, 6, 7);
    await executor.run(ContractTasks.power, 21, 2);
    expect(executor.stats().workers).toBeLessThanOrEqual(3);
  });
});

describe.each(benches)("idleTimeoutMs of a %s", (kind, Bench) => {
  const bench = new Bench();
  // A process takes so much longer to start.
  const tries = rounds(kind === "thread" ? 16 : 8);

  test("[L6] ends a worker that has nothing to do, and the next call gets another", async () => {
    const executor = bench.executor({ maxWorkers: 2, idleTimeoutMs: 20 });
    const { worker } = await executor.run(Tasks.whereAmI);
    while (executor.stats().workers > 0) await sleep(5);
    expect((await executor.run(Tasks.whereAmI)).worker).not.toBe(worker);
  });

  test("[L6] never ends one that is at work", async () => {
    const executor = bench.executor({ idleTimeoutMs: 1 });
    await executor.run(Tasks.whereAmI);
    expect(await executor.run(ContractTasks.delayed, 7, 60)).toBe(7);
  });

  test("[L6] loses no call that comes as the time runs out", async () => {
    const executor = bench.executor({ idleTimeoutMs: 2 });
    for (let round = 0; round < tries; round += 1) {
      expect(await executor.run(Tasks.sameValue, round)).toBe(round);
      // From well before the end of the two milliseconds to a little after.
      await sleep(round % 4);
    }
    expect(executor.stats()).toMatchObject({ completed: tries, pending: 0 });
  });

  test("[L6] of 0 ms is allowed", async () => {
    const executor = bench.executor({ idleTimeoutMs: 0 });
    for (let round = 0; round < 5; round += 1) {
      expect(await executor.run(Tasks.sameValue, round)).toBe(round);
      await sleep(1);
    }
  });
});

describe.each(benches)("a worker that is a %s", (kind, Bench) => {
  const bench = new Bench();

  test("[S9] is not the caller's", async () => {
    const { worker, isMainThread } = await bench.executor().run(Tasks.whereAmI);
    expect(worker).not.toBe(`${process.pid}/${ownThreadId}`);
    expect(isMainThread).toBe(kind === "process");
  });

  test("[S1] [J13] has globals of its own, apart from the caller's and each other's", async () => {
    const executor = bench.executor();
    await executor.run(Tasks.dirtyGlobals);
    expect(await executor.run(Tasks.seesDirt)).toBe(true);
    expect(await bench.executor().run(Tasks.seesDirt)).toBe(false);
    expect("dirt" in globalThis || "dirt" in [] || "CONCUR_DIRT" in process.env).toBe(false);
  });

  test("[S2] runs at the same time as another", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const { path } = bench.scratch.log();
    // Each blocks its worker until the other has come.
    const [one, other] = await Promise.all([
      executor.run(Tasks.meet, path, 2),
      executor.run(Tasks.meet, path, 2),
    ]);
    expect(one.worker).not.toBe(other.worker);
  });

  test("[U8] has a copy of the caller's environment where none was given", async () => {
    const { env } = await bench.executor().run(Tasks.describeProcess);
    expect(env["PATH"]).toBe(process.env["PATH"]);
  });

  test("[I20] of an executor has a number of its own", async () => {
    const executor = bench.executor({ maxTasksPerWorker: 1 });
    const contexts = [];
    for (let n = 0; n < 3; n += 1) contexts.push(await executor.run(ContractTasks.describeTask));
    expect(contexts.map(({ workerId }) => workerId)).toEqual([1, 2, 3]);
  });

  test("[T2] keeps neither the arguments nor the result of a call that is done", async () => {
    const executor = bench.executor();
    expect(await executor.run(Tasks.keepArgument, { large: true })).toEqual({ large: true });
    expect(await executor.run(Tasks.argumentKept)).toBe(false);
  });
});

describe("a thread", () => {
  const bench = new ThreadBench();

  test("[U8] gets the environment, the options of Node and the limits that were asked for", async () => {
    const executor = bench.executor({
      env: { CONCUR_TEST: "yes", NOT_SET: undefined },
      execArgv: ["--no-warnings"],
      resourceLimits: { maxOldGenerationSizeMb: 64, stackSizeMb: 2 },
    });
    const { env, execArgv, resourceLimits } = await executor.run(Tasks.describeProcess);
    expect(env).toEqual({ CONCUR_TEST: "yes" });
    expect(execArgv).toEqual(["--no-warnings"]);
    expect(resourceLimits).toMatchObject({ maxOldGenerationSizeMb: 64, stackSizeMb: 2 });
  });

  test("[M11] [Q8] that cannot be made breaks the executor, with the cause", async () => {
    const executor = bench.executor({ execArgv: ["--no-such-option"] });
    const error = await executor.submit(Tasks.whereAmI).exception();
    expect(error).toMatchObject({
      code: "CONCUR_BROKEN",
      message: expect.stringContaining("could not be started"),
      cause: { code: "ERR_WORKER_INVALID_EXEC_ARGV" },
    });
    await executor.shutdown();
  });

  test("that rests gives back what its start has left behind, and works on", async () => {
    const executor = bench.executor();
    const atStart = await executor.run(Tasks.heapBytes);

    // Each question is work: between two of them the thread must find the time to rest.
    let bytes = atStart;
    while (bytes > atStart - 262_144) {
      await sleep(600);
      bytes = await executor.run(Tasks.heapBytes);
    }

    expect(await executor.run(Tasks.heapBytes)).toBeLessThan(atStart);
  });

  test("[K5] refuses a way of waiting that it does not know", () => {
    expect(() => new ThreadPoolExecutor({ spin: true as unknown as false })).toThrow(RangeError);
  });
});

describe("the environment", () => {
  const threads = new ThreadBench();
  const name = `CONCUR_TEST_${process.pid}`;
  const readEnv = inlineTask((variable: string) => process.env[variable]);
  const writeEnv = inlineTask((variable: string) => {
    process.env[variable] = "written in a thread";
  });

  test("of a thread is that of this process itself with SHARE_ENV", async () => {
    // Jest gives tests a copy of it; so one thread tells what the other has written.
    const one = threads.executor({ env: SHARE_ENV });
    const other = threads.executor({ env: SHARE_ENV });
    expect(await one.run(readEnv, "PATH")).toBe(process.env["PATH"]);
    await one.run(writeEnv, name);
    expect(await other.run(readEnv, name)).toBe("written in a thread");
    expect(await threads.executor().run(readEnv, name)).toBe("written in a thread");
    expect(await threads.executor({ env: {} }).run(readEnv, name)).toBeUndefined();
  });

  test("of a process cannot be that of this one", () => {
    const options = { env: SHARE_ENV } as unknown as ProcessPoolExecutorOptions;
    expect(() => new ProcessPoolExecutor(options)).toThrow(
      "env cannot be SHARE_ENV: a process has an environment of its own; process.env gives it a copy",
    );
  });

  test.each(benches)("of a %s is what it was when the executor was made", async (_kind, Bench) => {
    const env: Record<string, string | undefined> = { [name]: "then", PATH: process.env["PATH"] };
    await using executor = new Bench.Executor({ env, maxWorkers: 1 });
    env[name] = "now";
    expect(await executor.run(readEnv, name)).toBe("then");
  });
});

describe("a process", () => {
  test("[M11] [Q8] that ends at its start is tried a few times, and then breaks the executor", async () => {
    const { exitCode, stdout, stderr } = await runProgram("process/bad-option.mjs");
    expect({ exitCode, stdout: stdout.split("\n") }).toEqual({
      exitCode: 0,
      stdout: [
        "CONCUR_BROKEN",
        "3 workers in a row died before they were up; the last ended with exit code 9",
        "",
      ],
    });
    expect(stderr.match(/bad option: --no-such-option/g)).toHaveLength(3);
  });
});
