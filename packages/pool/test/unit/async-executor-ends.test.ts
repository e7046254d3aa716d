import { once } from "node:events";
import { describe, expect, test } from "@jest/globals";
import {
  AsyncExecutor,
  BrokenExecutorError,
  CancelledError,
  ExecutorShutdownError,
  InvalidStateError,
} from "../../src/index.js";
import { currentTask } from "../../src/worker.js";
import { createGate } from "../support/promise-gate.js";
import { nextTurn } from "../support/soon.js";

describe("the grace of a call that is to stop", () => {
  test("[B14] is the executor's unless the call has its own", async () => {
    const executor = new AsyncExecutor({ killAfterMs: 0 });
    const { promise, open } = createGate();
    const given = executor.submit(() => promise);
    const kept = executor.with({ killAfterMs: Infinity }).submit(() => promise);
    await Promise.resolve();
    for (const future of [given, kept]) expect(future.abort()).toBe(true);
    await expect(given.result()).rejects.toBeInstanceOf(CancelledError);
    expect(kept.state).toBe("running");
    open();
    await kept.result();
    await executor.shutdown();
  });

  test("[B14] is over without harm when the call goes on after it and ends", async () => {
    const executor = new AsyncExecutor({ maxWorkers: 1 });
    const gates = [createGate(), createGate()];
    const ended: string[] = [];
    const futures = gates.map(({ promise }, n) =>
      executor.with({ killAfterMs: 0 }).submit(async () => {
        await promise;
        ended.push(`call ${n}`);
        if (n === 1) throw new Error("late");
      }),
    );
    for (const future of futures) {
      await Promise.resolve();
      while (!future.running()) await nextTurn();
      future.abort();
      await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
    }
    for (const { open } of gates) open();
    await nextTurn();
    expect(ended).toEqual(["call 0", "call 1"]);
    expect(executor.stats()).toMatchObject({ completed: 0, failed: 0, cancelled: 2, running: 0 });
    await executor.shutdown();
  });
});

describe("shutdown() of an executor of this event loop", () => {
  test("[I23] from inside a call throws where the call would wait for itself", async () => {
    const executor = new AsyncExecutor();
    const future = executor.submit(async () => {
      await Promise.resolve();
      expect(() => executor.shutdown()).toThrow(InvalidStateError);
      await expect(executor[Symbol.asyncDispose]()).rejects.toThrow("wait for its own executor");
      // It has not begun to shut down.
      return executor.run(() => "still accepted");
    });
    expect(await future.result()).toBe("still accepted");
    await executor.shutdown();
  });

  test("[I23] from inside a call may be without waiting, or of another executor", async () => {
    const [executor, other] = [new AsyncExecutor(), new AsyncExecutor()];
    const future = executor.submit(async () => {
      await other.shutdown();
      await executor.shutdown({ wait: false });
      return "done";
    });
    expect(await future.result()).toBe("done");
    expect(() => executor.submit(() => 1)).toThrow(ExecutorShutdownError);
    expect(() => other.submit(() => 1)).toThrow(ExecutorShutdownError);
    await executor.shutdown();
  });

  test("[I23] from what a call has left behind may wait, as the call is over", async () => {
    const executor = new AsyncExecutor();
    const { promise, open } = createGate();
    let ending: Promise<void> | undefined;
    await executor.run(() => {
      ending = promise.then(() => executor.shutdown());
    });
    open();
    await ending;
    expect(() => executor.submit(() => 1)).toThrow(ExecutorShutdownError);
  });
});

describe("terminateWorkers() of an executor of this event loop", () => {
  test("[R8] aborts the signals of what runs, and lets the futures fail at once", async () => {
    const executor = new AsyncExecutor();
    const { promise, open } = createGate<unknown>();
    const future = executor.submit(async () => {
      const { signal } = currentTask();
      await once(signal, "abort");
      open(signal.reason);
      throw signal.reason;
    });
    await Promise.resolve();
    const ending = executor.terminateWorkers();
    expect(future.state).toBe("finished");
    const error = await future.exception();
    expect(error).toBeInstanceOf(BrokenExecutorError);
    expect(await promise).toBe(error);
    await ending;
    expect(executor.stats()).toMatchObject({ failed: 1, cancelled: 0, running: 0 });
  });

  test("[R8] may be called by the call itself", async () => {
    const executor = new AsyncExecutor();
    const future = executor.submit(() => executor.terminateWorkers());
    await expect(future.result()).rejects.toBeInstanceOf(BrokenExecutorError);
    await executor.shutdown();
  });
});
