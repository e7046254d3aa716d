import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import {
  BrokenExecutorError,
  importTasks,
  inlineTask,
  SerializationError,
  type Task,
} from "../../src/index.js";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches } from "../support/bench.js";

describe.each(benches)("an initializer of a %s", (_kind, Bench) => {
  const { Executor } = Bench;
  const bench = new Bench();

  test("[J1] [J2] [J3] runs once in each worker before its first call, with its arguments", async () => {
    const executor = bench.executor({
      maxWorkers: 2,
      initializer: Tasks.remember,
      initializerArgs: [{ table: [1, 2, 3] }],
    });
    const { path } = bench.scratch.log();
    await Promise.all([executor.run(Tasks.meet, path, 2), executor.run(Tasks.meet, path, 2)]);
    const seen = await Promise.all(Array.from({ length: 20 }, () => executor.run(Tasks.recall)));
    for (const { value, runs } of seen) {
      expect(value).toEqual({ table: [1, 2, 3] });
      expect(runs).toBe(1);
    }
  });

  test.each([0, 1, "text", {}, () => 1])("[J4] [J12] must be a task, which %p is not", (given) => {
    const create = (): unknown => new Executor({ initializer: given as Task<never, unknown> });
    expect(create).toThrow(TypeError);
  });

  test("[J5] [J6] [J7] [S7] that fails breaks the executor, and its error is the cause", async () => {
    const executor = bench.executor({
      initializer: Tasks.failToInitialize,
      initializerArgs: ["no licence"],
    });
    const futures = [1, 2, 3].map((value) => executor.submit(Tasks.sameValue, value));
    const errors = await Promise.all(futures.map((future) => future.exception()));
    for (const error of errors) {
      expect(error).toBeInstanceOf(BrokenExecutorError);
      expect(error).toMatchObject({
        code: "CONCUR_BROKEN",
        message: expect.stringContaining("initializer"),
        cause: { name: "RangeError", message: "no licence", cause: { message: "why" } },
      });
    }
    expect(new Set(errors).size).toBe(3);
    expect(() => executor.submit(Tasks.sameValue, 4)).toThrow(BrokenExecutorError);
    expect(() => executor.map(Tasks.sameValue, [])).toThrow(BrokenExecutorError);
    expect(() => executor.submit(Tasks.sameValue, 4)).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ message: "no licence" }) }),
    );
  });

  test("[J8] [J11] [G14] that failed leaves an executor that ends, with no worker, and stays broken", async () => {
    const executor = bench.executor({ maxWorkers: 3, initializer: Tasks.failToInitialize });
    await Promise.all([1, 2, 3].map((n) => executor.submit(Tasks.sameValue, n).exception()));
    await executor.shutdown();
    await executor.terminateWorkers();
    expect(executor.stats()).toMatchObject({ workers: 0, pending: 0, failed: 3 });
    expect(() => executor.submit(Tasks.sameValue, 1)).toThrow(BrokenExecutorError);
  });

  test("[B12] that fails leaves cancelled calls cancelled", async () => {
    const executor = bench.executor({ initializer: Tasks.failToInitialize });
    const [broken, cancelled] = [1, 2].map((n) => executor.submit(Tasks.sameValue, n));
    expect(cancelled?.cancel()).toBe(true);
    expect(await broken?.exception()).toBeInstanceOf(BrokenExecutorError);
    expect(cancelled?.cancelled()).toBe(true);
  });

  test("[J9] runs in workers that replace others", async () => {
    const executor = bench.executor({
      initializer: Tasks.remember,
      initializerArgs: ["ready"],
      maxTasksPerWorker: 1,
    });
    const seen = await Promise.all([1, 2, 3].map(() => executor.run(Tasks.recall)));
    expect(seen.map(({ value, runs }) => [value, runs])).toEqual(Array(3).fill(["ready", 1]));
    expect(new Set(seen.map(({ worker }) => worker)).size).toBe(3);
    await executor.submit(Tasks.exitWith, 1).exception();
    expect(await executor.run(Tasks.recall)).toMatchObject({ value: "ready" });
  });

  test("[J10] does not run where there is no call", async () => {
    const log = bench.scratch.log();
    const executor = bench.executor({
      initializer: ContractTasks.log,
      initializerArgs: [log.path, "begun"],
    });
    await executor.shutdown();
    expect(log.lines).toEqual([]);
  });

  test("[J13] changes the modules of its worker and no others", async () => {
    const executor = bench.executor({ initializer: Tasks.remember, initializerArgs: ["theirs"] });
    expect(await executor.run(Tasks.recall)).toMatchObject({ value: "theirs" });
    expect(await bench.executor().run(Tasks.recall)).toMatchObject({ runs: 0 });
    const { recall } = await import("../fixtures/thread-tasks.mjs");
    expect(recall()).toMatchObject({ runs: 0 });
  });

  test("[J14] is awaited", async () => {
    const executor = bench.executor({
      initializer: Tasks.rememberLater,
      initializerArgs: ["late", 50],
    });
    const seen = await Promise.all([1, 2].map(() => executor.run(Tasks.recall)));
    expect(seen).toEqual([1, 2].map(() => expect.objectContaining({ value: "late", runs: 1 })));
  });

  test("[J15] refuses arguments that cannot be sent, and names the culprit", () => {
    const create = (): unknown =>
      new Executor({
        initializer: Tasks.remember,
        initializerArgs: [1, { log: () => undefined }],
      });
    expect(create).toThrow(SerializationError);
    expect(create).toThrow("initializerArgs[1].log is a function");
  });

  test("[J16] that never ends breaks the executor after startupTimeoutMs", async () => {
    const { unreachable } = importTasks<{ unreachable: () => string }>(
      new URL("../fixtures/never-loads.mjs", import.meta.url),
    );
    const executor = bench.executor({
      maxWorkers: 2,
      initializer: unreachable,
      startupTimeoutMs: 150,
    });
    const futures = [1, 2, 3].map((n) => executor.submit(Tasks.sameValue, n));
    for (const future of futures) {
      const error = await future.exception();
      expect(error).toBeInstanceOf(BrokenExecutorError);
      expect(error).toHaveProperty("message", expect.stringContaining("150 ms"));
    }
    expect(() => executor.submit(Tasks.sameValue, 1)).toThrow(BrokenExecutorError);
  });

  test("[J16] that never ends in a second worker leaves the first with all calls", async () => {
    const gate = bench.scratch.gate();
    const passesOnce = inlineTask(async (path: string) => {
      const { writeFileSync } = process.getBuiltinModule("node:fs");
      try {
        writeFileSync(path, "", { flag: "wx" });
      } catch {
        await new Promise(() => setTimeout(() => undefined, 1e9));
      }
    });
    const begin = async (
      startupTimeoutMs: number,
    ): Promise<{ executor: ReturnType<typeof bench.executor>; startupTimeoutMs: number }> => {
      const executor = bench.executor({
        maxWorkers: 2,
        initializer: passesOnce,
        initializerArgs: [bench.scratch.log().path],
        startupTimeoutMs,
      });
      const error = await executor.submit(Tasks.sameValue, 1).exception();
      if (error === undefined) return { executor, startupTimeoutMs };
      // The first one starts more slowly than that here.
      expect(error).toBeInstanceOf(BrokenExecutorError);
      return begin(2 * startupTimeoutMs);
    };
    const { executor, startupTimeoutMs } = await begin(1000);
    const held = executor.submit(Tasks.holdAt, gate.path);
    const others = [2, 3, 4].map((n) => executor.submit(Tasks.sameValue, n));
    // Longer than the second worker may take.
    await sleep(2 * startupTimeoutMs);
    expect(held.state).toBe("running");
    gate.open();
    await held.result();
    expect(await Promise.all(others.map((future) => future.result()))).toEqual([2, 3, 4]);
    expect(await executor.run(Tasks.sameValue, 5)).toBe(5);
    await executor.killWorkers();
  });

  test("[J5] that ends its worker is tried a few times, and then breaks the executor", async () => {
    const executor = bench.executor({
      maxWorkers: 2,
      initializer: Tasks.exitWith,
      initializerArgs: [7],
    });
    const futures = [1, 2, 3, 4].map((n) => executor.submit(Tasks.sameValue, n));
    for (const future of futures) {
      expect(await future.exception()).toMatchObject({
        code: "CONCUR_BROKEN",
        message: "3 workers in a row died before they were up; the last ended with exit code 7",
      });
    }
  });

  test("[J4] may be an export that is missing: the executor breaks and says so", async () => {
    const { missing } = importTasks<{ missing: () => void }>(
      new URL("../fixtures/tasks.mjs", import.meta.url),
    );
    const error = await bench
      .executor({ initializer: missing })
      .submit(Tasks.sameValue, 1)
      .exception();
    expect(error).toBeInstanceOf(BrokenExecutorError);
    expect(error).toHaveProperty("cause.message", expect.stringContaining("'missing'"));
  });
});
