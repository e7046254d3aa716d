import { once } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { AsyncExecutor, CancelledError, InvalidStateError } from "../../src/index.js";
import { currentTask, type TaskContext } from "../../src/worker.js";
import { createGate } from "../support/promise-gate.js";

describe("currentTask()", () => {
  test("throws InvalidStateError outside a task", async () => {
    expect(() => currentTask()).toThrow(InvalidStateError);
    await using executor = new AsyncExecutor();
    await executor.run(() => currentTask());
    expect(() => currentTask()).toThrow(InvalidStateError);
  });

  test("knows each of several calls at once", async () => {
    await using executor = new AsyncExecutor({ maxWorkers: 3 });
    const names = await Promise.all(
      ["a", "b", "c"].map((name) =>
        executor.with({ name }).run(async () => {
          await Promise.resolve();
          return currentTask().name;
        }),
      ),
    );
    expect(names).toEqual(["a", "b", "c"]);
  });

  test("names a call after its function, or anonymous", async () => {
    await using executor = new AsyncExecutor();
    const nameOf = (): string => currentTask().name;
    expect(await executor.run(nameOf)).toBe("nameOf");
    expect(await executor.run((() => nameOf)())).toBe("nameOf");
    expect(await executor.run(Object.defineProperty(() => nameOf(), "name", { value: "" }))).toBe(
      "anonymous",
    );
  });

  test("can be taken apart, and keeps its signal", async () => {
    await using executor = new AsyncExecutor();
    const { promise, open } = createGate<TaskContext>();
    const future = executor.submit(async () => {
      const { signal, throwIfAborted, report } = currentTask();
      open(currentTask());
      throwIfAborted();
      await once(signal, "abort");
      report("stopping");
      throwIfAborted();
    });
    const seen: unknown[] = [];
    future.onProgress((value) => seen.push(value));
    const { signal } = await promise;
    const reason = new Error("enough");
    future.abort(reason);
    expect(signal.reason).toBe(reason);
    await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
    expect(seen).toEqual(["stopping"]);
  });

  test("has a signal that has aborted, also when nobody had asked for it before", async () => {
    await using executor = new AsyncExecutor({ killAfterMs: Infinity });
    const { promise, open } = createGate();
    const future = executor.submit(async () => {
      await promise;
      return currentTask().signal.aborted;
    });
    await Promise.resolve();
    expect(future.running()).toBe(true);
    expect(future.abort()).toBe(true);
    open();
    expect(await future.result()).toBe(true);
  });
});
