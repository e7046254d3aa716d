// The traps of workerpool's that threads show, as child processes show them, with the messages that we set.
import { once } from "node:events";
import { types } from "node:util";
import { describe, expect, test } from "@jest/globals";
import workerpool from "workerpool";
import { TestPool, endProcess, errorOf, expectHanging, valueOf } from "./support.js";

const advanced = { workerType: "process", forkOpts: { serialization: "advanced" } } as const;
/** What the child says of its own end is not for this terminal. */
const silent = { ...advanced, forkOpts: { ...advanced.forkOpts, silent: true } } as const;

describe("an argument that cannot be cloned", () => {
  const uncloneable = { method: () => 1 };

  test("makes exec() throw, and the child is busy for ever", async () => {
    // We encode arguments ourselves, and what cannot be encoded fails alone.
    await using pool = new TestPool(advanced);
    await valueOf(pool.exec("identity", [1]));

    expect(() => pool.exec("identity", [uncloneable])).toThrow(/could not be cloned/);

    expect(pool.counts).toEqual({ workers: 1, busy: 1, queued: 0 });
  });

  test("does not throw when the call is queued: that call and all later ones hang", async () => {
    // We own the queue.
    await using pool = new TestPool(advanced);
    const first = pool.exec("identity", [1]);
    const bad = pool.exec("identity", [uncloneable]);
    const good = pool.exec("identity", [2]);

    expect(await valueOf(first)).toBe(1);

    await expectHanging(bad, good);
  });
});

describe("a result that cannot be cloned", () => {
  test("rejects, with the text of the error and without its class", async () => {
    // Our child encodes results itself, and says which part could not be sent.
    await using pool = new TestPool(advanced);

    const error = await errorOf(pool.exec("unserialisable"));

    expect([error.name, error.message]).toEqual(["Error", "() => {} could not be cloned."]);
  });

  test("makes the call succeed without a value when messages are JSON", async () => {
    // The same.
    await using pool = new TestPool({ workerType: "process" });

    expect(await valueOf(pool.exec("unserialisable"))).toBeUndefined();
  });
});

describe("what a task throws", () => {
  test.each(["zero", "empty", "false"])(
    "when it is falsy (%s), makes the call succeed, with null",
    async (kind) => {
      // Our replies say by their kind whether a task succeeded.
      await using pool = new TestPool(advanced);

      expect(await valueOf(pool.exec("throwNow", [kind]))).toBeNull();
    },
  );

  test.each(["null", "undefined", "bigint", "cycle"])(
    "when workerpool cannot convert it (%s), ends the child",
    async (kind) => {
      // Our child catches and encodes whatever is thrown.
      await using pool = new TestPool(silent);
      const { call, child } = pool.spawnProcess("throwNow", [kind]);
      const exited = once(child, "exit");

      expect(await errorOf(call)).toBeInstanceOf(workerpool.TerminateError);
      expect(await exited).toEqual([1, null]);
    },
  );

  test("when it is a RangeError, arrives as a plain Error; its cause as a plain object; code survives", async () => {
    // Our codec revives built-in classes, with name, code and the chain of causes.
    await using pool = new TestPool(advanced);

    const error = await errorOf(pool.exec("throwNow", ["rich"]));

    expect(Object.getPrototypeOf(error)).toHaveProperty("constructor.name", "Error");
    expect(error).toMatchObject({ name: "Error", message: "the message", code: "E_RICH" });
    expect(types.isNativeError(error.cause)).toBe(false);
  });
});

test("when a child exits while calls are queued, they hang until somebody makes another call", async () => {
  // We hear of the exit ourselves, and give the queued calls to a new process.
  await using pool = new TestPool(advanced);
  const { call, child } = pool.spawnProcess("exit", [3]);
  const exited = once(child, "exit");
  const queued = pool.exec("identity", [1]);

  await errorOf(call);
  await exited;
  await expectHanging(queued);

  expect(await valueOf(pool.exec("identity", [2]))).toBe(2);
  expect(await valueOf(queued)).toBe(1);
});

test("when the child's script cannot be loaded, the first call fails and the queued ones hang", async () => {
  // We count failed starts, and fail every queued call after too many.
  await using pool = new TestPool(silent, "/no/such/worker.cjs");
  const first = pool.exec("identity", [1]);
  const second = pool.exec("identity", [2]);

  const error = await errorOf(first);

  expect(error).toBeInstanceOf(workerpool.TerminateError);
  expect(error.message).toContain("exitCode: `1`");
  await expectHanging(second);
});

test("a child that dies while idle stays listed, and the next call fails in its place", async () => {
  // None of our processes is ever idle to workerpool, and we never reuse one that ended.
  await using pool = new TestPool(advanced);
  const { call, child } = pool.spawnProcess("identity", [1]);
  await valueOf(call);
  await endProcess(child);
  expect(pool.counts).toEqual({ workers: 1, busy: 0, queued: 0 });

  const error = await errorOf(pool.exec("identity", [2]));

  expect(error).toBeInstanceOf(workerpool.TerminateError);
  expect(await valueOf(pool.exec("identity", [3]))).toBe(3);
});

test("exec() after terminate() starts a new child and runs", async () => {
  // Our executors remember that they were shut down.
  await using pool = new TestPool(advanced);
  await valueOf(pool.exec("identity", [1]));
  await valueOf(pool.terminate());

  expect(await valueOf(pool.exec("identity", [2]))).toBe(2);
  expect(pool.processes).toHaveLength(2);
});

test("an error outside a task rejects the call without that error", async () => {
  // Our child tells what it died of as its last word.
  await using pool = new TestPool(silent);
  const { call } = pool.spawnProcess("throwLater", ["rich"]);

  const error = await errorOf(call);

  expect(error).toBeInstanceOf(workerpool.TerminateError);
  expect(error.cause).toBeUndefined();
  expect(error.message).not.toContain("the message");
});
