import { describe, expect, test } from "@jest/globals";
import { BrokenExecutorError, CancelledError, ExecutorShutdownError } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import type { Workbench } from "./workbench.js";

export function describeTerminate(bench: Workbench): void {
  const { subject } = bench;

  describe.each(["terminateWorkers", "killWorkers"] as const)("%s()", (terminate) => {
    test("[R1] [R2] [R8] fails what runs, whether it listens or not", async () => {
      const executor = bench.executor(2);
      const gates = bench.scratch.gates(2);
      const futures = [
        executor.submit(Tasks.gated, gates[0]?.path ?? "", 1),
        executor.submit(Tasks.obedient, gates[1]?.path ?? ""),
      ];
      for (const gate of gates) await gate.whenReached();
      await executor[terminate]();
      for (const future of futures) {
        expect(future.state).toBe("finished");
        await expect(future.result()).rejects.toBeInstanceOf(BrokenExecutorError);
      }
      expect(executor.stats()).toMatchObject({ workers: 0, running: 0, pending: 0, failed: 2 });
    });

    test("[R3] [R4] refuses new calls, and shutdown() returns", async () => {
      const { executor } = await bench.busyExecutor();
      const ending = executor[terminate]();
      expect(() => executor.submit(Tasks.power, 2, 2)).toThrow(ExecutorShutdownError);
      expect(() => executor.map(Tasks.power, [2], [2])).toThrow(ExecutorShutdownError);
      await ending;
      await executor.shutdown();
    });

    test("[R3] returns those who wait in shutdown() already", async () => {
      const { executor, blocker } = await bench.busyExecutor();
      const ending = executor.shutdown();
      await executor[terminate]();
      await ending;
      expect(blocker.done()).toBe(true);
    });

    test("[R5] [R6] of an executor with nothing to end does nothing, also again", async () => {
      const executor = bench.executor();
      await executor[terminate]();
      await executor[terminate]();
      await executor.shutdown();
      const used = bench.executor();
      const future = used.submit(Tasks.power, 2, 2);
      await future.result();
      await used[terminate]();
      expect(future.outcome).toEqual({ status: "fulfilled", value: 4 });
    });

    // Where each call begins at once, none is left to be cancelled.
    if (subject.queues) {
      test("[R3] [R8] cancels what waits", async () => {
        const { executor, blocker } = await bench.busyExecutor();
        const log = bench.scratch.log();
        const futures = ["a", "b"].map((text) => executor.submit(Tasks.log, log.path, text));
        await executor[terminate]();
        for (const future of futures) {
          await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
        }
        expect(blocker.cancelled()).toBe(false);
        expect(executor.stats()).toMatchObject({ cancelled: 2, failed: 1, pending: 0, running: 0 });
        expect(log.lines).toEqual([]);
      });
    }
  });
}
