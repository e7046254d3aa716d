// workerpool's ways with arguments, results and errors. Our rule for all of them: no value of a user's ever goes
// through a call of workerpool's.
import { types } from "node:util";
import { describe, expect, test } from "@jest/globals";
import workerpool from "workerpool";
import { TestPool, errorOf, expectHanging, fixture, valueOf } from "./support.js";

const uncloneable = (): void => {};

describe("an argument that cannot be cloned", () => {
  test("makes exec() throw at once, and the worker is busy for ever", async () => {
    // We encode arguments before anything is sent, and reject the future of the call alone.
    await using pool = new TestPool();
    await valueOf(pool.exec("identity", [1]));

    expect(() => pool.exec("identity", [uncloneable])).toThrow("could not be cloned");

    const next = pool.exec("identity", [2]);
    await expectHanging(next);
    expect(pool.counts).toEqual({ workers: 1, busy: 1, queued: 1 });
  });

  test("makes terminate() hang, but not terminate(true)", async () => {
    // We end workers with force, by their handles; waiting for running calls is our executor's work.
    await using pool = new TestPool();
    await valueOf(pool.exec("identity", [1]));
    expect(() => pool.exec("identity", [uncloneable])).toThrow("could not be cloned");

    await expectHanging(pool.terminate());
    expect(pool.counts.workers).toBe(1);

    await valueOf(pool.terminate(true));
    expect(pool.counts.workers).toBe(0);
  });

  test("does not throw when the call is queued: that call and all later ones hang", async () => {
    // We own the queue, and what fails to be sent fails alone.
    await using pool = new TestPool();
    const first = pool.exec("identity", [1]);
    const bad = pool.exec("identity", [uncloneable]);
    const good = pool.exec("identity", [2]);

    expect(await valueOf(first)).toBe(1);

    await expectHanging(bad, good);
  });
});

test("a result that cannot be cloned rejects with an Error without message and name", async () => {
  // Our worker encodes results itself, and says which part could not be sent.
  await using pool = new TestPool();

  const error = await errorOf(pool.exec("unserialisable"));

  expect(error).toBeInstanceOf(Error);
  expect([error.name, error.message]).toEqual(["Error", ""]);
});

describe("what a task throws", () => {
  test.each(["zero", "empty", "false"])(
    "when it is falsy (%s), makes the call succeed, with null",
    async (kind) => {
      // Our replies say by their kind, not by truthiness, whether a task succeeded.
      await using pool = new TestPool();

      expect(await valueOf(pool.exec("throwNow", [kind]))).toBeNull();
    },
  );

  test.each(["null", "undefined", "bigint", "cycle"])(
    "when workerpool cannot convert it (%s), ends the worker",
    async (kind) => {
      // Our worker catches and encodes whatever is thrown; nothing reaches workerpool's own handler.
      await using pool = new TestPool();
      const { call, thread } = pool.spawnThread("throwNow", [kind]);
      const exited = new Promise((resolve) => thread.once("exit", resolve));

      expect(await errorOf(call)).toBeInstanceOf(workerpool.TerminateError);
      expect(await exited).toBe(1);
    },
  );

  test("when it is a string, arrives as an Error without message, with a key for each letter", async () => {
    // Our codec carries thrown values that are no Errors as they are.
    await using pool = new TestPool();

    const error = await errorOf(pool.exec("throwNow", ["text"]));

    expect(error).toBeInstanceOf(Error);
    expect(error.message).toBe("");
    expect(Object.keys(error)).toEqual(["0", "1", "2", "3"]);
  });

  test("when it is a RangeError, arrives as a plain Error; its cause as a plain object; code survives", async () => {
    // Our codec revives built-in classes, with name, code and the chain of causes.
    await using pool = new TestPool();

    const error = await errorOf(pool.exec("throwNow", ["rich"]));

    expect(Object.getPrototypeOf(error)).toHaveProperty("constructor.name", "Error");
    expect(error).toMatchObject({ name: "Error", message: "the message", code: "E_RICH" });
    expect(types.isNativeError(error.cause)).toBe(false);
    expect(error.cause).toEqual({ message: "the cause", stack: expect.any(String) });
  });

  test("when it is an AggregateError, arrives as a plain Error, its errors as plain objects", async () => {
    // Our codec revives every error of an AggregateError.
    await using pool = new TestPool();

    const error = await errorOf(pool.exec("throwNow", ["many"]));

    expect(error).not.toBeInstanceOf(AggregateError);
    expect(error["errors"]).toEqual([{ message: "one of many", stack: expect.any(String) }]);
  });
});

describe("exec(function)", () => {
  test("sends the text of the function: a closure fails in the worker", async () => {
    // We send tasks by the module and the name they are exported under, or as source that is checked first.
    await using pool = new TestPool();
    const outside = 1;

    const call = pool.workerpool.exec(() => outside);

    expect((await errorOf(call)).message).toBe("outside is not defined");
  });

  test("fails to parse the text of a method, a bound and a native function", async () => {
    // We refuse such functions before anything is sent, with an error that names the cure.
    await using pool = new TestPool();
    const tasks = Object.values({
      shorthand() {},
      bound: (() => 1).bind(null),
      native: Math.max,
    });

    for (const task of tasks) {
      expect((await errorOf(pool.workerpool.exec(task))).message).toMatch(/^(Unexpected|Missing)/);
    }
  });
});

test("a custom worker's this.worker.emit is undefined, whatever the documentation says", async () => {
  // Reports of a task go through our own port.
  await using pool = new TestPool();

  expect(await valueOf(pool.exec("typeOfEmit"))).toBe("undefined");
});

describe("the script", () => {
  test("when it is a URL, is taken for the options: the pool has workerpool's default worker", async () => {
    // We turn URLs into paths before workerpool sees them.
    const url = new URL(`file://${fixture("tasks.cjs")}`);
    const pool = workerpool.pool(
      Object.assign(url, { workerType: "thread", maxWorkers: 1 } as const),
    );
    try {
      expect(pool.script).toBeNull();
      expect((await errorOf(pool.exec("identity", [1]))).message).toBe('Unknown method "identity"');
    } finally {
      await valueOf(pool.terminate(true));
    }
  });

  test("when it is the text of a file URL, makes exec() throw", async () => {
    // The same: a path is the one form that works.
    await using pool = new TestPool({}, `file://${fixture("tasks.cjs")}`);

    expect(() => pool.exec("identity", [1])).toThrow("Wrap file:// URLs with `new URL`");
  });
});
