import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { CancelledError, TimeoutError } from "../../src/index.js";
import * as ContractTasks from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { rounds } from "../support/rounds.js";
import { until } from "../support/until.js";
import { benches, ProcessBench, sharedCells, ThreadBench } from "../support/bench.js";

describe.each(benches)("abort() of a running call of a %s", (_kind, Bench) => {
  const bench = new Bench();

  test("[B14] is seen by an async task, and leaves its worker as it is", async () => {
    const executor = bench.shared();
    const { worker } = await executor.run(Tasks.whereAmI);
    const gate = bench.scratch.gate();
    const future = executor
      .with({ killAfterMs: Infinity })
      .submit(ContractTasks.sleeping, gate.path);
    await gate.whenReached();
    future.abort();
    await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
    expect((await executor.run(Tasks.whereAmI)).worker).toBe(worker);
  });

  test.each([0, 40])(
    "[R11] [R12] kills a worker after %d ms whose task never asks, and only that",
    async (killAfterMs) => {
      const executor = bench.executor({ maxWorkers: 2, killAfterMs });
      const other = bench.scratch.gate();
      const unharmed = executor.submit(Tasks.holdAt, other.path);
      await other.whenReached();
      const gate = bench.scratch.gate();
      const future = executor.submit(Tasks.spinDeaf, gate.path);
      const waiting = executor.submit(Tasks.whereAmI);
      await gate.whenReached();
      expect(future.abort()).toBe(true);
      await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
      // It waited behind the killed one, and runs on the worker that takes its place.
      const { worker } = await waiting.result();
      other.open();
      expect(await unharmed.result()).not.toBe(worker);
      expect(executor.stats()).toMatchObject({ completed: 2, cancelled: 1, failed: 0 });
    },
  );

  test("[B14] waits where killAfterMs is Infinity, and the value counts", async () => {
    const executor = bench.kept({ killAfterMs: Infinity });
    const gate = bench.scratch.gate();
    const future = executor.submit(Tasks.holdAt, gate.path);
    await gate.whenReached();
    expect(future.abort()).toBe(true);
    // Longer than the grace that it would be given otherwise.
    await sleep(150);
    expect(future.state).toBe("running");
    gate.open();
    expect(await future.result()).toMatch(/\d/);
  });

  test("[B14] never reaches the call that comes next to the same worker", async () => {
    const executor = bench.kept({ killAfterMs: Infinity });
    await executor.run(Tasks.signalAfter, 0);
    for (let round = 0; round < rounds(30); round += 1) {
      const gate = bench.scratch.gate();
      const first = executor.submit(Tasks.holdAt, gate.path);
      await gate.whenReached();
      first.abort(new Error("too late"));
      gate.open();
      await first.result();
      expect(await executor.run(Tasks.signalAfter, 3)).toBe(false);
    }
  });

  test("[S10] [X14] of a wait, and not of the call, leaves the call alone", async () => {
    const executor = bench.shared();
    const gate = bench.scratch.gate();
    const future = executor.submit(Tasks.holdAt, gate.path);
    await gate.whenReached();
    const controller = new AbortController();
    const waiting = future.result({ signal: controller.signal });
    controller.abort(new Error("not me"));
    await expect(waiting).rejects.toThrow("not me");
    gate.open();
    expect(await future.result()).toMatch(/\d/);
  });

  test("[G17] with a reason that cannot be sent aborts all the same", async () => {
    const executor = bench.kept({ killAfterMs: Infinity });
    const gate = bench.scratch.gate();
    const future = executor.submit(ContractTasks.obedient, gate.path);
    await gate.whenReached();
    const reason = { why: () => "a function" };
    future.abort(reason);
    await expect(future.result()).rejects.toHaveProperty("cause", reason);
  });
});

describe.each(benches)("with({ timeoutMs }) of a %s", (_kind, Bench) => {
  const bench = new Bench();

  test("[G17] [R12] counts from the start of the run: neither start-up nor the queue", async () => {
    const gate = bench.scratch.gate();
    const executor = bench.executor({
      initializer: ContractTasks.gated,
      initializerArgs: [gate.path, 0],
    });
    const bound = executor.with({ timeoutMs: 50, killAfterMs: Infinity });
    const futures = bench.scratch
      .gates(3)
      .map(({ path }) => bound.submit(ContractTasks.obedient, path));
    await gate.whenReached();
    // Limits that counted already would have run out before this one, which is set later.
    await sleep(100);
    expect(futures.some((future) => future.done())).toBe(false);
    gate.open();
    for (const [n, future] of futures.entries()) {
      const isNextDone = new Promise((resolve) => {
        future.addDoneCallback(() => {
          resolve(futures[n + 1]?.done() ?? false);
        });
      });
      expect(await future.exception()).toBeInstanceOf(TimeoutError);
      expect(await isNextDone).toBe(false);
    }
  });

  test.each([
    ["a call that asks", ContractTasks.polling, Infinity],
    ["a loop that does not", Tasks.spinDeaf, 20],
  ] as const)("[R11] [R12] ends %s, and the next call runs", async (_kind, task, killAfterMs) => {
    const executor = bench.shared();
    const bound = executor.with({ timeoutMs: 60, killAfterMs, name: "loop" });
    const error = await bound.submit(task, bench.scratch.gate().path).exception();
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toHaveProperty("message", expect.stringMatching(/'loop'.* 60 ms/));
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
  });

  test("[G17] [T11] goes on being exact over many workers that are killed", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const bound = executor.with({ timeoutMs: 10, killAfterMs: 0 });
    const futures = Array.from({ length: 8 }, (_, n) =>
      n % 2 === 0
        ? bound.submit(Tasks.spinDeaf, bench.scratch.gate().path)
        : executor.submit(Tasks.sameValue, n),
    );
    const ends = await Promise.all(
      futures.map((future) => future.result().catch((error: unknown) => error)),
    );
    const timedOut: unknown = expect.any(TimeoutError);
    expect(ends).toEqual([1, 3, 5, 7].flatMap((n) => [timedOut, n]));
    expect(executor.stats()).toMatchObject({ completed: 4, failed: 4, running: 0, pending: 0 });
  });

  test("[G17] an aborted signal stops a map that runs, items in the middle of a chunk included", async () => {
    const executor = bench.executor();
    const controller = new AbortController();
    const gate = bench.scratch.gate();
    const bound = executor.with({ signal: controller.signal, chunkSize: 3, killAfterMs: 20 });
    const results = bound.map(Tasks.spinDeaf, [gate.path, gate.path, gate.path, gate.path]);
    await gate.whenReached();
    controller.abort(new Error("stop it all"));
    for (let n = 0; n < 4; n += 1) {
      await expect(results.next()).rejects.toBeInstanceOf(CancelledError);
    }
    await until(() => executor.stats().pending + executor.stats().running === 0);
    expect(executor.stats()).toMatchObject({ cancelled: 4 });
  });
});

describe("a loop in a thread", () => {
  const bench = new ThreadBench();

  test("[B14] [R12] sees abort() although it never yields, and leaves its thread as it is", async () => {
    const executor = bench.shared();
    const { worker } = await executor.run(Tasks.whereAmI);
    const gate = bench.scratch.gate();
    const future = executor.with({ killAfterMs: Infinity }).submit(Tasks.spinPolling, gate.path);
    await gate.whenReached();
    const reason = new Error("enough");
    expect(future.abort(reason)).toBe(true);
    await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
    await expect(future.result()).rejects.toHaveProperty("cause", reason);
    expect((await executor.run(Tasks.whereAmI)).worker).toBe(worker);
  });

  test("[R12] settles at once although the thread cannot be ended yet, and again, and again", async () => {
    const executor = bench.executor({ killAfterMs: 0 });
    // Each gate stays closed to the end, and its thread sits before it.
    for (const gate of bench.scratch.gates(6)) {
      const future = executor.submit(Tasks.sitInNative, gate.path);
      await gate.whenReached();
      future.abort();
      await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
    }
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
  });

  test("[R11] [R12] that asks sees the end of its time", async () => {
    const executor = bench.shared();
    const { worker } = await executor.run(Tasks.whereAmI);
    const bound = executor.with({ timeoutMs: 60, killAfterMs: Infinity, name: "loop" });
    const error = await bound.submit(Tasks.spinPolling, bench.scratch.gate().path).exception();
    expect(error).toBeInstanceOf(TimeoutError);
    expect((await executor.run(Tasks.whereAmI)).worker).toBe(worker);
  });

  test("[R12] [N23] a kill returns what was sent ahead, which then runs exactly once", async () => {
    const executor = bench.executor();
    const cells = sharedCells(800);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 400 }, () => executor.run(Tasks.count, cells, 0)));
    }
    Atomics.store(cells, 0, 0);
    const futures = Array.from({ length: 800 }, (_, n) => executor.submit(Tasks.count, cells, n));
    const gates = bench.scratch.gates(3);
    const bound = executor.with({ timeoutMs: 30, killAfterMs: 0, priority: 1 });
    const stubborn = gates.map((gate) => bound.submit(Tasks.spinDeaf, gate.path));
    for (const future of stubborn) {
      await expect(future.result()).rejects.toBeInstanceOf(TimeoutError);
    }
    await Promise.all(futures.map((future) => future.result()));
    expect([...cells]).toEqual(Array(800).fill(1));
  });

  test("[G17] an aborted signal stops a chunk whose items ask, as it stops single calls", async () => {
    const executor = bench.shared();
    const controller = new AbortController();
    const gate = bench.scratch.gate();
    const bound = executor.with({ signal: controller.signal, chunkSize: 3, killAfterMs: Infinity });
    const results = bound.map(Tasks.spinPolling, [gate.path, gate.path, gate.path]);
    await gate.whenReached();
    const reason = new Error("stop it all");
    controller.abort(reason);
    for (let n = 0; n < 3; n += 1) {
      const error = await results.next().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CancelledError);
      expect(error).toHaveProperty("cause", reason);
    }
  });
});

describe("a loop in a process", () => {
  const bench = new ProcessBench();

  test("[B14] [R12] that never yields cannot see abort(), and is killed although it asks", async () => {
    const executor = bench.executor({ killAfterMs: 50 });
    const { worker } = await executor.run(Tasks.whereAmI);
    const gate = bench.scratch.gate();
    const future = executor.submit(Tasks.spinPolling, gate.path);
    await gate.whenReached();
    const reason = new Error("enough");
    expect(future.abort(reason)).toBe(true);
    await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
    await expect(future.result()).rejects.toHaveProperty("cause", reason);
    expect((await executor.run(Tasks.whereAmI)).worker).not.toBe(worker);
  });

  test("[B14] that pauses now and then sees it, and leaves its process as it is", async () => {
    const executor = bench.kept({ killAfterMs: Infinity });
    const { worker } = await executor.run(Tasks.whereAmI);
    const gate = bench.scratch.gate();
    const future = executor.submit(ContractTasks.polling, gate.path);
    await gate.whenReached();
    future.abort();
    await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
    expect((await executor.run(Tasks.whereAmI)).worker).toBe(worker);
  });
});
