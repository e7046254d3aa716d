// What our engine builds on when a worker ends: which events come, in which order, and what they tell.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "@jest/globals";
import workerpool from "workerpool";
import {
  Flag,
  TestPool,
  endOf,
  endProcess,
  errorNamed,
  errorOf,
  fixture,
  valueOf,
} from "./support.js";

test("process.exit(3) in a worker rejects its call with a TerminateError that has the code in its text", async () => {
  // We read the code from the thread's own exit event.
  await using pool = new TestPool();
  const { call, thread } = pool.spawnThread("exit", [3]);

  const [error, end] = await Promise.all([errorOf(call), endOf(thread)]);

  expect(error).toBeInstanceOf(workerpool.TerminateError);
  expect(error.message).toContain("exitCode: `3`");
  expect(end).toEqual({ exitCode: 3, errors: [] });
});

test("on exit, workerpool rejects the call and frees the place before listeners that came after exec()", async () => {
  // We may make the replacement in our own exit listener.
  await using pool = new TestPool();
  const events: unknown[] = [];
  const { call, thread } = pool.spawnThread("exit", [3]);
  call.then(
    () => events.push("resolved"),
    () => events.push("rejected"),
  );

  const replaced = new Promise<unknown>((resolve) => {
    thread.on("exit", () => {
      events.push(["exit", pool.counts.workers]);
      resolve(valueOf(pool.exec("identity", [1])));
    });
  });

  expect(await replaced).toBe(1);
  expect(events).toEqual(["rejected", ["exit", 0]]);
});

describe("an error outside a task", () => {
  test("comes to the thread's error event whole, then exit with 1", async () => {
    // We pass it on as the cause of what the running calls get.
    await using pool = new TestPool();
    const { thread } = pool.spawnThread("throwLater", ["rich"]);

    const { exitCode, errors } = await endOf(thread);

    expect(exitCode).toBe(1);
    expect(errors).toEqual([errorNamed("RangeError")]);
    expect(errors[0]).toMatchObject({ message: "the message", code: "E_RICH" });
    expect(errors[0]).toHaveProperty("cause", errorNamed("TypeError"));
  });

  test("rejects the call with the error as its cause, and without an exit code", async () => {
    // We wait for the exit event, which always follows.
    await using pool = new TestPool();
    const { call, thread } = pool.spawnThread("throwLater", ["rich"]);

    const [error, { errors }] = await Promise.all([errorOf(call), endOf(thread)]);

    expect(error).toBeInstanceOf(workerpool.TerminateError);
    expect(error.message).toBe("Workerpool Worker error: the message");
    expect(error.cause).toBe(errors[0]);
  });

  test("frees the worker's place before the thread has exited", async () => {
    // For a moment there may be one thread more than maxWorkers.
    await using pool = new TestPool();
    const { thread } = pool.spawnThread("throwLater", ["rich"]);
    const events: unknown[] = [];
    thread.on("error", () => events.push(["error", pool.counts.workers]));
    thread.on("exit", () => events.push("exit"));

    await endOf(thread);

    expect(events).toEqual([["error", 0], "exit"]);
  });

  test("may be a rejection that nobody handled", async () => {
    // The same path.
    await using pool = new TestPool();
    const { thread } = pool.spawnThread("rejectLater", ["rich"]);

    expect(await endOf(thread)).toEqual({ exitCode: 1, errors: [errorNamed("RangeError")] });
  });

  test("may be no error at all: undefined stays, what cannot be cloned becomes text", async () => {
    // We take an error event by the event, not by a truthy value.
    await using pool = new TestPool();
    const first = await endOf(pool.spawnThread("throwLater", ["undefined"]).thread);
    const second = await endOf(pool.spawnThread("throwLater", ["function"]).thread);

    expect(first).toEqual({ exitCode: 1, errors: [undefined] });
    expect(second).toEqual({ exitCode: 1, errors: ["[Function (anonymous)]"] });
  });
});

test("too much memory, with resourceLimits, is an error event with ERR_WORKER_OUT_OF_MEMORY and exit code 1", async () => {
  // We tell "out of memory" from other crashes by this code.
  await using pool = new TestPool({
    workerThreadOpts: { resourceLimits: { maxOldGenerationSizeMb: 16 } },
  });
  const { call, thread } = pool.spawnThread("fillMemory");

  const [error, { exitCode, errors }] = await Promise.all([errorOf(call), endOf(thread)]);

  expect(exitCode).toBe(1);
  expect(errors).toEqual([expect.objectContaining({ code: "ERR_WORKER_OUT_OF_MEMORY" })]);
  expect(error.cause).toBe(errors[0]);
});

describe("ending a thread by its handle", () => {
  test("works in a busy loop, rejects the call, and the next call gets a new worker", async () => {
    // This is our kill.
    await using pool = new TestPool();
    const flag = new Flag();
    const { call, thread } = pool.spawnThread("spin", [flag.buffer]);
    await flag.raised();

    const [error] = await Promise.all([errorOf(call), thread.terminate()]);

    expect(error).toBeInstanceOf(workerpool.TerminateError);
    expect(error.message).toContain("exitCode: `1`");
    expect(await valueOf(pool.exec("identity", [1]))).toBe(1);
  });

  test("counts it as busy until it has exited", async () => {
    // We ask workerpool for more workers than ours, so that a replacement need not wait.
    await using pool = new TestPool();
    const { thread } = pool.spawnThread("attach");

    const gone = thread.terminate();
    expect(pool.counts).toEqual({ workers: 1, busy: 1, queued: 0 });
    await gone;

    expect(pool.counts).toEqual({ workers: 0, busy: 0, queued: 0 });
  });

  test("works before it has come up", async () => {
    // A kill needs no state of the worker.
    await using pool = new TestPool();
    const { call, thread } = pool.spawnThread("attach");

    await Promise.all([errorOf(call), thread.terminate()]);

    expect(pool.counts).toEqual({ workers: 0, busy: 0, queued: 0 });
  });
});

describe("cancel(), with workerTerminateTimeout: 1", () => {
  test("rejects at once with a CancellationError, and ends a busy loop, which with an hour goes on", async () => {
    // Our kill where the thread's handle is not to be had.
    await using pool = new TestPool();
    await using patient = new TestPool({ workerTerminateTimeout: 3_600_000 });
    const [flag, other] = [new Flag(), new Flag()];
    const { call, thread } = pool.spawnThread("spin", [flag.buffer]);
    const kept = patient.spawnThread("spin", [other.buffer]);
    await Promise.all([flag.raised(), other.raised()]);
    const exited = once(thread, "exit");

    kept.call.cancel();
    call.cancel();
    expect(call.rejected).toBe(true);
    expect((await errorOf(call)).name).toBe("CancellationError");
    await exited;

    expect(kept.thread.threadId).toBeGreaterThan(0);
  });

  test("ends a worker that has not come up", async () => {
    // The same, whenever it comes.
    await using pool = new TestPool();
    const { call, thread } = pool.spawnThread("attach");
    const exited = once(thread, "exit");

    call.cancel();
    await exited;

    expect(pool.counts).toEqual({ workers: 0, busy: 0, queued: 0 });
  });
});

test("terminate(true) rejects all calls at once, with a plain Error, and resolves when the last thread is gone", async () => {
  // The end of an executor: what comes from these calls after it says nothing.
  await using pool = new TestPool({ maxWorkers: 3 });
  const flag = new Flag();
  const waiting = pool.spawnThread("attach");
  const busy = pool.spawnThread("spin", [flag.buffer]);
  await flag.raised();
  const young = pool.spawnThread("attach");
  const workers = [waiting, busy, young];
  let exits = 0;
  for (const { thread } of workers) thread.on("exit", () => (exits += 1));

  const terminated = pool.terminate(true);
  expect(workers.map(({ call }) => call.rejected)).toEqual([true, true, true]);
  await valueOf(terminated);

  const error = await errorOf(busy.call);
  expect(error).not.toBeInstanceOf(workerpool.TerminateError);
  expect(error.message).toBe("Worker terminated");
  expect(exits).toBe(3);
  expect(pool.counts.workers).toBe(0);
});

test("a child process that is killed rejects its call with the signal in the text", async () => {
  // We read signal and code from the child's own exit event.
  await using pool = new TestPool({ workerType: "process" });
  const { call, child } = pool.spawnProcess("attach");

  child.kill("SIGKILL");

  const error = await errorOf(call);
  expect(error).toBeInstanceOf(workerpool.TerminateError);
  expect(error.message).toContain("signalCode: `SIGKILL`");
  expect(pool.counts.workers).toBe(0);
});

test("unref() right after exec() lets a program end, though the call never does and listeners come later", async () => {
  // Our workers do not keep a program alive.
  const program = spawn(process.execPath, [fixture("program.cjs"), "attachedAndUnreferenced"]);
  try {
    expect(await once(program, "exit")).toEqual([0, null]);
  } finally {
    await endProcess(program);
  }
});
