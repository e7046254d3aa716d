// How workerpool starts, ends and forgets workers where we do otherwise.
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "@jest/globals";
import workerpool from "workerpool";
import { until } from "../support/until.js";
import { Flag, TestPool, endOf, endProcess, expectHanging, fixture, valueOf } from "./support.js";

test("workerpool is the version that these tests describe", () => {
  // We pin it exactly: another version means reading every test of this folder again.
  const { version } = createRequire(import.meta.url)("workerpool/package.json") as {
    version: string;
  };

  expect(version).toBe("10.0.3");
});

describe("cancelling a call that is in a busy loop", () => {
  test("rejects at once, but by default keeps the worker, and its place, for 2 s more", async () => {
    // Our cancel() leaves running calls alone; killing is explicit, and done by the thread's handle.
    await using pool = new TestPool({ workerTerminateTimeout: 1000 });
    const flag = new Flag();
    const { call, thread } = pool.spawnThread("spin", [flag.buffer]);
    await flag.raised();
    const exited = endOf(thread);
    const begun = performance.now();

    call.cancel();
    expect(call.rejected).toBe(true);
    const next = pool.exec("identity", [1]);
    expect(pool.counts).toEqual({ workers: 1, busy: 1, queued: 1 });
    await exited;

    expect(performance.now() - begun).toBeGreaterThan(1900);
    expect(await valueOf(next)).toBe(1);
  });

  test("takes the default again when workerTerminateTimeout is 0", async () => {
    // We set 1, the smallest that is taken by its word.
    await using pool = new TestPool({ workerTerminateTimeout: 0 });

    expect(pool.workerpool.workerTerminateTimeout).toBe(1000);
  });
});

test("exec() after terminate() starts a new worker and runs", async () => {
  // Our executors remember that they were shut down.
  await using pool = new TestPool();
  await valueOf(pool.exec("identity", [1]));
  await valueOf(pool.terminate());

  expect(await valueOf(pool.exec("identity", [2]))).toBe(2);
  expect(pool.threads).toHaveLength(2);
});

test("terminate() waits for a call that never ends, and stays pending even when terminate(true) follows", async () => {
  // We only ever call terminate(true), and only once.
  await using pool = new TestPool();
  pool.exec("attach");

  const patient = pool.terminate();
  await expectHanging(patient);
  pool.terminate(true);
  await until(() => pool.counts.workers === 0);

  await expectHanging(patient);
});

test("an idle pool never shrinks", async () => {
  // We end a worker that was idle for long.
  await using pool = new TestPool({ maxWorkers: 2 });
  await Promise.all([valueOf(pool.exec("identity", [1])), valueOf(pool.exec("identity", [2]))]);

  await sleep(150);

  expect(pool.counts).toEqual({ workers: 2, busy: 0, queued: 0 });
});

test("the default size of a pool is the number of cores less one", () => {
  // Ours is what os.availableParallelism() says, which knows of limits.
  const withoutWorkers = workerpool.pool(fixture("tasks.cjs"));

  expect(withoutWorkers.maxWorkers).toBe(Math.max(cpus().length - 1, 1));
});

test("exec() returns no promise of the language's: callbacks run inside the settling code", async () => {
  // We never hand it out: our Future settles its own.
  await using pool = new TestPool();
  const call = pool.exec("identity", [1]);
  await valueOf(call);
  let ran = false;

  call.then(() => {
    ran = true;
  });

  expect(ran).toBe(true);
  expect(call).not.toBeInstanceOf(Promise);
});

describe("a program that uses workerpool", () => {
  let program: ChildProcessByStdio<null, Readable, Readable> | undefined;

  afterEach(async () => {
    if (program) await endProcess(program);
  });

  function run(scenario: string): ChildProcessByStdio<null, Readable, Readable> {
    program = spawn(process.execPath, [fixture("program.cjs"), scenario], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    return program;
  }

  test("does not end by itself while a pool has an idle worker", async () => {
    // Our workers do not keep a program alive; calls that wait or run do.
    const child = run("idle");
    const exited = once(child, "exit");
    await once(child.stdout, "data");

    expect(await Promise.race([exited, sleep(300, "still there")])).toBe("still there");
  });

  test("hears nothing of a call that failed and that nobody looked at", async () => {
    // A future of ours that failed unseen is reported.
    const child = run("unhandled");

    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);

    expect([out, err]).toEqual(["done\n", ""]);
  });

  test("is brought down by emitStdStreams when the options of a call lack `on`", async () => {
    // We read the thread's stdout by its handle, and never set emitStdStreams.
    const child = run("printsToPipes");

    const [exit, err] = await Promise.all([once(child, "exit"), text(child.stderr)]);

    expect(exit).toEqual([1, null]);
    expect(err).toMatch(/TypeError: .*options.*on is not a function/);
  });
});
