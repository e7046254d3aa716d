import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import {
  BrokenExecutorError,
  importTasks,
  WorkerCrashedError,
  type Future,
} from "../../src/index.js";
import * as Tasks from "../fixtures/process-tasks.mjs";
import { testThat } from "../support/needs.js";
import { exists, isAlive, whenGone, whenStopped } from "../support/processes.js";
import { runProgram } from "../support/run-program.js";
import { ProcessBench } from "../support/bench.js";

async function expectCrashed(future: Future<unknown>, details: object): Promise<void> {
  const error = await future.exception();
  expect(error).toBeInstanceOf(WorkerCrashedError);
  expect(error).toMatchObject({ code: "CONCUR_WORKER_CRASHED", ...details });
}

async function pidAt(gate: { path: string; whenReached(): Promise<void> }): Promise<number> {
  await gate.whenReached();
  for (;;) {
    const pid = Number(readFileSync(`${gate.path}.begun`, "utf8"));
    if (pid > 0) return pid;
    await sleep(1);
  }
}

describe("a call whose process dies", () => {
  const bench = new ProcessBench();

  test.each([0, 1, 7])("[N4] [N5] [N7] [P6] by process.exit(%d) fails", async (exitCode) => {
    const executor = bench.shared();
    const log = bench.scratch.log();
    const future = executor.submit(Tasks.noteThenExit, log.path, "ran", exitCode);
    await expectCrashed(future, { exitCode, signal: undefined, started: true });
    expect(await executor.run(Tasks.echo, "next")).toBe("next");
    expect(log.lines).toEqual(["ran"]);
  });

  test.each([
    ["[N3] [P5]", "SIGSEGV"],
    ["[N3]", "SIGABRT"],
    ["[N1]", "SIGKILL"],
    ["[N7]", "SIGTERM"],
  ])("%s by %s fails, and says so", async (_id, signal) => {
    const executor = bench.shared();
    const future = executor.submit(Tasks.killSelf, signal);
    await expectCrashed(future, { exitCode: undefined, signal, started: true });
    expect(String(await future.exception())).toContain(signal);
    expect(await executor.run(Tasks.echo, "next")).toBe("next");
  });

  test("[N1] by a signal from outside fails", async () => {
    const executor = bench.executor();
    const gate = bench.scratch.gate();
    const future = executor.submit(Tasks.waitAt, gate.path);
    process.kill(await pidAt(gate), "SIGKILL");
    await expectCrashed(future, { signal: "SIGKILL", started: true, workerId: 1 });
  });

  test("[N21] by letting go of its channel fails", async () => {
    const executor = bench.shared();
    await expectCrashed(executor.submit(Tasks.disconnect), { started: true });
    expect(await executor.run(Tasks.echo, "next")).toBe("next");
  });

  test("[P2] [P4] as its module is loaded fails", async () => {
    const { anything } = importTasks<{ anything: () => void }>(
      new URL("../fixtures/exits-at-import.mjs", import.meta.url),
    );
    const executor = bench.shared();
    await expectCrashed(executor.submit(anything), { started: true });
    expect(await executor.run(Tasks.echo, "next")).toBe("next");
  });

  test("[N22] [N17] right after it is done keeps its value", async () => {
    const executor = bench.executor();
    for (let round = 0; round < 3; round += 1) {
      const pid = await executor.run(Tasks.giveThenAbort);
      while (executor.stats().workers > 0) await sleep(1);
      expect(exists(pid)).toBe(false);
    }
    expect(executor.stats()).toMatchObject({ failed: 0 });
  });

  test("[M12] [N22] by process.exit() right after it is done keeps its value, however large", async () => {
    const executor = bench.executor();
    for (let round = 0; round < 3; round += 1) {
      const bytes = await executor.run(Tasks.giveThenExit, 32 * 2 ** 20, 5);
      expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual([32 * 2 ** 20, 7, 7]);
    }
    expect(executor.stats()).toMatchObject({ completed: 3, failed: 0 });
  });

  test("[N22] [N23] by process.exit() takes none of those with it that were sent ahead", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const log = bench.scratch.log();
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(Array.from({ length: 100 }, () => executor.run(Tasks.echo, "warm")));
    }
    const deadly = new Set([3, 50, 51, 199]);
    const futures = Array.from({ length: 200 }, (_, n) =>
      deadly.has(n)
        ? executor.submit(Tasks.noteThenExit, log.path, String(n), 0)
        : executor.submit(Tasks.note, log.path, String(n)),
    );
    await Promise.all(futures.map((future) => future.exception()));
    const failed = futures.flatMap(({ outcome }, n) => (outcome?.status === "rejected" ? [n] : []));
    expect(failed).toEqual([...deadly]);
    expect(log.lines.map(Number).sort((a, b) => a - b)).toEqual([...futures.keys()]);
  });

  test("[N1] by a signal runs none again that may have begun, and says of which that is so", async () => {
    const executor = bench.executor();
    const log = bench.scratch.log();
    await Promise.all(
      Array.from({ length: 300 }, () => executor.run(Tasks.note, log.path, "warm")),
    );
    const futures = Array.from({ length: 2_000 }, (_, n) =>
      n === 60
        ? executor.submit(Tasks.noteThenDie, log.path, String(n))
        : executor.submit(Tasks.note, log.path, String(n)),
    );
    await Promise.all(futures.map((future) => future.exception()));
    const lines = log.lines.filter((line) => line !== "warm");
    const runs = new Set(lines);
    expect(runs.size).toBe(lines.length);
    const untrue = futures.filter(({ outcome }, n) =>
      outcome?.status === "fulfilled"
        ? !runs.has(String(n))
        : !(outcome?.reason instanceof WorkerCrashedError),
    );
    expect(untrue).toEqual([]);
    expect(futures[60]?.outcome?.status).toBe("rejected");
    expect(futures.at(-1)?.outcome?.status).toBe("fulfilled");
  });

  test("[N12] [P15] takes nothing with it but itself, however large the arguments are", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const log = bench.scratch.log();
    const megabyte = new Uint8Array(2 ** 20).fill(1);
    const futures = Array.from({ length: 10 }, (_, n) =>
      n % 2 === 0
        ? executor.submit(Tasks.echo, megabyte)
        : executor.submit(Tasks.noteThenExit, log.path, String(n), 1),
    );
    await Promise.all(futures.map((future) => future.exception()));
    for (const [n, { outcome }] of futures.entries()) {
      expect(outcome?.status).toBe(n % 2 === 0 ? "fulfilled" : "rejected");
    }
    expect(log.lines).toHaveLength(5);
  });

  test("[N23] in a map fails its own item, and those behind it are done by another, in place", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const log = bench.scratch.log();
    const items = Array.from({ length: 60 }, (_, n) => n);
    const results = executor.with({ chunkSize: 1 }).map(
      Tasks.chaos,
      items.map(() => log.path),
      items,
      items.map((n) => (n === 20 ? "exit" : "number")),
      items.map(() => 0),
    );
    const seen: unknown[] = [];
    for (let n = 0; n < 60; n += 1) {
      seen.push(
        await results.next().then(
          ({ value }) => value,
          (error: unknown) => error,
        ),
      );
    }
    expect(seen[20]).toBeInstanceOf(WorkerCrashedError);
    expect(seen.filter((_, n) => n !== 20)).toEqual(items.filter((n) => n !== 20));
    expect(log.lines.filter((line) => line.startsWith("b"))).toHaveLength(60);
  });

  test("[N13] [N17] [N20] of an error outside its flow fails, and one that is done keeps its value", async () => {
    const { exitCode, stdout, stderr } = await runProgram("process/uncaught.mjs");
    expect({ exitCode, stdout: stdout.split("\n") }).toEqual({
      exitCode: 0,
      stdout: [
        "CONCUR_WORKER_CRASHED 1 true 1",
        "RangeError left alone",
        "next",
        "true",
        "{ failed: 1, pending: 0 }",
        "",
      ],
    });
    // Of a process that ends by an error Node itself prints that.
    const errors = ["left alone", "too late", "too late", "idle", "again"];
    expect(stderr.match(/^\w*Error: .*$/gm)).toEqual(errors.map((text) => `RangeError: ${text}`));
  });

  test("[N19] [N23] [P4] [O7] of too little memory fails, for arguments as for work, and no other call does", async () => {
    const { exitCode, stdout, stderr } = await runProgram("process/out-of-memory.mjs");
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: [
        "huge: CONCUR_WORKER_CRASHED true 1",
        "before, 1, 2, 3",
        "{ completed: 4, failed: 1 }",
        "grown: CONCUR_WORKER_CRASHED true 1",
        "",
      ].join("\n"),
    });
    // Node itself says why, where its parent's errors go; nothing else is there.
    expect(stderr.match(/^FATAL ERROR: .*heap out of memory$/gm)).toHaveLength(2);
    expect(stderr).not.toMatch(/^\w*(Error|Warning): /m);
  });
});

describe("a process", () => {
  const bench = new ProcessBench();

  test("[N13] that dies while it has nothing to do is replaced", async () => {
    const executor = bench.shared();
    const pid = await executor.run(Tasks.who);
    process.kill(pid, "SIGKILL");
    while (executor.stats().workers > 0) await sleep(1);
    expect(await executor.run(Tasks.who)).not.toBe(pid);
    expect(exists(pid)).toBe(false);
  });

  test("[N8] [N10] [N24] of a broken executor is ended, with all others", async () => {
    const executor = bench.executor({ maxWorkers: 2, onWorkerCrash: "break" });
    const gate = bench.scratch.gate();
    const running = executor.submit(Tasks.waitAt, gate.path);
    const pid = await pidAt(gate);
    await expect(executor.run(Tasks.killSelf, "SIGKILL")).rejects.toBeInstanceOf(
      WorkerCrashedError,
    );
    expect(await running.exception()).toBeInstanceOf(BrokenExecutorError);
    await executor.shutdown();
    expect(isAlive(pid)).toBe(false);
  });

  testThat(
    "needs /proc",
    "that is stopped by a signal goes on when it is continued, and can be killed meanwhile",
    async () => {
      const executor = bench.executor();
      const pid = await executor.run(Tasks.who);
      process.kill(pid, "SIGSTOP");
      await whenStopped(pid);
      const waiting = executor.submit(Tasks.echo, "later");
      await sleep(20);
      expect(waiting.done()).toBe(false);
      process.kill(pid, "SIGCONT");
      expect(await waiting.result()).toBe("later");
      process.kill(pid, "SIGSTOP");
      await whenStopped(pid);
      const stuck = executor.submit(Tasks.echo, "never");
      while (stuck.state === "pending") await sleep(1);
      await executor.killWorkers();
      expect(await stuck.exception()).toBeInstanceOf(BrokenExecutorError);
      expect(exists(pid)).toBe(false);
    },
  );
});

describe("abort() and limits", () => {
  const bench = new ProcessBench();

  test("[R12] [B14] kill a process that is in a loop, and another takes its place", async () => {
    const executor = bench.executor();
    const gate = bench.scratch.gate();
    const future = executor.submit(Tasks.spinAt, gate.path);
    const pid = await pidAt(gate);
    expect(future.abort("enough")).toBe(true);
    expect(await future.exception().catch((error: unknown) => error)).toMatchObject({
      code: "CONCUR_CANCELLED",
      cause: "enough",
    });
    expect(await executor.run(Tasks.who)).not.toBe(pid);
    await whenGone([pid]);
  });

  test("[R10] [R12] a process that ignores SIGTERM does not hold its place", async () => {
    const executor = bench.executor();
    const gate = bench.scratch.gate();
    const future = executor.with({ killAfterMs: 10 }).submit(Tasks.resistAt, gate.path);
    const pid = await pidAt(gate);
    expect(future.abort()).toBe(true);
    await expect(future.exception()).rejects.toMatchObject({ code: "CONCUR_CANCELLED" });
    expect(await executor.run(Tasks.echo, "next")).toBe("next");
    await whenGone([pid]);
  });

  test.each(["terminateWorkers", "killWorkers"] as const)(
    "[R1] [R2] [R10] %s() ends a process whatever it does about signals",
    async (end) => {
      const executor = bench.executor({ maxWorkers: 2 });
      const gates = bench.scratch.gates(2);
      const futures = [
        executor.submit(Tasks.resistAt, gates[0]?.path ?? ""),
        executor.submit(Tasks.spinAt, gates[1]?.path ?? ""),
      ];
      const pids = await Promise.all(gates.map(pidAt));
      await executor[end]();
      for (const future of futures) {
        expect(await future.exception()).toBeInstanceOf(BrokenExecutorError);
      }
      expect(pids.map(exists)).toEqual([false, false]);
    },
  );
});
