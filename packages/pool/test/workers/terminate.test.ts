import { describe, expect, test } from "@jest/globals";
import { BrokenExecutorError, CancelledError, ExecutorShutdownError } from "../../src/index.js";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { rounds } from "../support/rounds.js";
import { benches } from "../support/bench.js";

const ends = benches.flatMap(([kind, Bench]) => [
  ["terminateWorkers", kind, Bench] as const,
  ["killWorkers", kind, Bench] as const,
]);

describe.each(ends)("%s() of a %s", (end, _kind, Bench) => {
  const bench = new Bench();

  test("[R1] [R2] [R8] [R11] ends loops that never yield, and cancels what waits", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const gates = bench.scratch.gates(2);
    const running = gates.map((gate) => executor.submit(Tasks.spinDeaf, gate.path));
    const log = bench.scratch.log();
    const waiting = [1, 2, 3].map(() => executor.submit(ContractTasks.log, log.path, "ran"));
    for (const gate of gates) await gate.whenReached();
    await executor[end]();
    for (const future of running) {
      expect(await future.exception()).toBeInstanceOf(BrokenExecutorError);
    }
    for (const future of waiting) {
      await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
    }
    expect(log.lines).toEqual([]);
    expect(executor.stats()).toMatchObject({ workers: 0, failed: 2, cancelled: 3, pending: 0 });
  });

  test("[R1] a call that was running never gets to its end", async () => {
    const executor = bench.executor();
    const gate = bench.scratch.gate();
    const log = bench.scratch.log();
    const future = executor.submit(ContractTasks.gatedLog, gate.path, log.path, "finished");
    await gate.whenReached();
    await executor[end]();
    gate.open();
    expect(await future.exception()).toBeInstanceOf(BrokenExecutorError);
    expect(log.lines).toEqual([]);
  });

  test("[R3] [R4] is a shutdown: nothing is accepted any more, from the very call on", async () => {
    const executor = bench.executor();
    await executor.run(Tasks.sameValue, 1);
    const ending = executor[end]();
    expect(() => executor.submit(Tasks.sameValue, 2)).toThrow(ExecutorShutdownError);
    await ending;
    await executor.shutdown();
    expect(() => executor.map(Tasks.sameValue, [])).toThrow(ExecutorShutdownError);
  });

  test("[R5] starts nothing where nothing was started", async () => {
    const executor = bench.executor();
    await executor[end]();
    expect(executor.stats().workers).toBe(0);
  });

  test("[R6] of an executor whose workers are dead or that is broken does nothing", async () => {
    const dead = bench.executor();
    await dead.submit(Tasks.exitWith, 1).exception();
    await dead[end]();
    await dead[end]();
    const broken = bench.executor({ onWorkerCrash: "break" });
    await broken.submit(Tasks.exitWith, 1).exception();
    await broken[end]();
    expect(broken.stats()).toMatchObject({ workers: 0, pending: 0 });
  });

  test("[R3] [I28] of workers that are only starting ends them", async () => {
    const executor = bench.executor({
      maxWorkers: 2,
      initializer: Tasks.rememberLater,
      initializerArgs: ["never seen", 60_000],
    });
    const futures = [1, 2, 3].map((n) => executor.submit(Tasks.sameValue, n));
    await executor[end]();
    for (const future of futures) expect(future.done()).toBe(true);
    expect(executor.stats().workers).toBe(0);
  });

  test("[R8] ends a map: each of its items, begun or not", async () => {
    const executor = bench.executor();
    const gate = bench.scratch.gate();
    const results = executor.map(Tasks.spinDeaf, [gate.path, gate.path, gate.path]);
    await gate.whenReached();
    await executor[end]();
    await expect(results.next()).rejects.toBeInstanceOf(BrokenExecutorError);
    await expect(results.next()).rejects.toBeInstanceOf(CancelledError);
    await expect(results.next()).rejects.toBeInstanceOf(CancelledError);
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });
});

describe.each(benches)("shutdown() of a %s", (kind, Bench) => {
  const bench = new Bench();
  // A process takes so much longer to start.
  const tries = rounds(kind === "thread" ? 6 : 2);

  test("[X16] with timeoutMs ends by force what runs longer", async () => {
    const executor = bench.executor();
    const gate = bench.scratch.gate();
    const future = executor.submit(Tasks.spinDeaf, gate.path);
    const waiting = executor.submit(Tasks.sameValue, 1);
    await gate.whenReached();
    await executor.shutdown({ timeoutMs: 50 });
    expect(await future.exception()).toBeInstanceOf(BrokenExecutorError);
    await expect(waiting.result()).rejects.toBeInstanceOf(CancelledError);
  });

  test("[I28] [H32] right after submit(), many times, loses nothing and leaves no worker", async () => {
    for (let round = 0; round < tries; round += 1) {
      const executor = bench.executor({ maxWorkers: 2 });
      const futures = [1, 2, 3].map((n) => executor.submit(Tasks.sameValue, { n }));
      await executor.shutdown();
      expect(futures.map(({ outcome }) => outcome?.status)).toEqual(Array(3).fill("fulfilled"));
      expect(executor.stats()).toMatchObject({ workers: 0, completed: 3 });
    }
  });

  test("[I28] without waiting, and terminated in the next step, settles everything", async () => {
    for (let round = 0; round < tries / 4; round += 1) {
      const executor = bench.executor({ maxWorkers: 2 });
      const futures = [1, 2, 3].map((n) => executor.submit(Tasks.sameValue, { n }));
      await executor.shutdown({ wait: false });
      await executor.terminateWorkers();
      expect(futures.every((future) => future.done())).toBe(true);
    }
  });
});
