import { expect, test } from "@jest/globals";
import * as root from "../../src/index.js";
import * as testing from "../../src/testing.js";
import * as worker from "../../src/worker.js";
import { createFuture } from "../../src/testing.js";

test("[U1] the package exports these names, and no others", () => {
  expect(Object.keys(root).sort()).toEqual(
    [
      ["ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION"],
      ["BrokenExecutorError", "CancelledError", "ConcurError", "DeadlockError"],
      ["ExecutorShutdownError"],
      ["InvalidStateError", "QueueFullError", "RemoteError", "SerializationError"],
      ["TimeoutError", "WorkerCrashedError", "isConcurError"],
      ["AsyncExecutor", "Executor", "Future", "InlineExecutor"],
      ["ProcessPoolExecutor", "ThreadPoolExecutor"],
      ["asCompleted", "wait", "withExecutor"],
      ["defineTasks", "importTasks", "inlineTask", "registerError"],
    ]
      .flat()
      .sort(),
  );
  expect(Object.keys(testing)).toEqual(["createFuture"]);
  expect(Object.keys(worker)).toEqual(["currentTask", "move"]);
});

test("[U6] third parties make futures and drive them through all their states", async () => {
  const { future, start, progress, resolve } = createFuture<string>();
  const seen: unknown[] = [];
  future.onProgress((value) => seen.push(value));
  future.addDoneCallback((one) => seen.push(one.state));
  expect(start()).toBe(true);
  progress("half");
  resolve("done");
  expect(seen).toEqual(["half", "finished"]);
  expect(await future.result()).toBe("done");
});
