import { describe, expect, test } from "@jest/globals";
import { CancelledError, type Future } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import { countedSince } from "../support/kept-executors.js";
import type { Workbench } from "./workbench.js";

/** Tasks that end when they are asked to, each in its own way. */
const OBEDIENT = [
  ["throws the signal's reason", Tasks.obedient],
  ["calls throwIfAborted()", Tasks.polling],
  ["hands its signal on", Tasks.sleeping],
  ["throws an error caused by the reason", Tasks.wrapping],
] as const;

async function expectCancelledBecause(future: Future<unknown>, reason: unknown): Promise<void> {
  const error = await future.result().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CancelledError);
  expect(error).toHaveProperty("cause", reason);
  expect(future.state).toBe("cancelled");
}

export function describeAbort(bench: Workbench): void {
  const { subject } = bench;

  describe("abort()", () => {
    test.each(OBEDIENT)("[B14] [R12] cancels a running call that %s", async (_way, task) => {
      const executor = bench.shared();
      const counted = countedSince(executor);
      const gate = bench.scratch.gate();
      const future = executor.with({ killAfterMs: Infinity }).submit(task, gate.path);
      await gate.whenReached();
      const reason = new Error("enough");
      expect(future.abort(reason)).toBe(true);
      await expectCancelledBecause(future, reason);
      expect(counted()).toMatchObject({ cancelled: 1, failed: 0, running: 0 });
    });

    test("[B14] without a reason gives an AbortError as the cause", async () => {
      const executor = bench.shared();
      const gate = bench.scratch.gate();
      const patient = executor.with({ killAfterMs: Infinity });
      const future = patient.submit(Tasks.obedient, gate.path);
      await gate.whenReached();
      future.abort();
      await expectCancelledBecause(future, expect.objectContaining({ name: "AbortError" }));
    });

    test("[B14] [X9] leaves the value of a call that ends with one in spite of it", async () => {
      const executor = bench.shared();
      const gate = bench.scratch.gate();
      const patient = executor.with({ killAfterMs: Infinity });
      const future = patient.submit(Tasks.stopWith, gate.path, 7);
      await gate.whenReached();
      expect(future.abort()).toBe(true);
      expect(await future.result()).toBe(7);
      expect(future.state).toBe("finished");
    });

    test("[B14] leaves the error of a call that fails for a reason of its own", async () => {
      const executor = bench.shared();
      const gate = bench.scratch.gate();
      const patient = executor.with({ killAfterMs: Infinity });
      const future = patient.submit(Tasks.stopFailing, gate.path, "disk full");
      await gate.whenReached();
      future.abort();
      expect(await future.exception()).toMatchObject({ name: "Error", message: "disk full" });
      expect(future.cancelled()).toBe(false);
    });

    test.each([0, 30])(
      "[B14] [R12] cancels after %d ms a call that does not listen",
      async (killAfterMs) => {
        const executor = bench.shared(1);
        const gate = bench.scratch.gate();
        const future = executor.with({ killAfterMs }).submit(Tasks.gated, gate.path, 1);
        await gate.whenReached();
        const reason = new Error("enough");
        expect(future.abort(reason)).toBe(true);
        await expectCancelledBecause(future, reason);
        // The place of the call is free, though nothing has opened its gate.
        expect(await executor.run(Tasks.power, 2, 2)).toBe(4);
      },
    );

    test("[B14] waits for ever where killAfterMs is Infinity", async () => {
      const executor = bench.shared(4);
      const [patient, impatient] = [bench.scratch.gate(), bench.scratch.gate()];
      const kept = executor.with({ killAfterMs: Infinity }).submit(Tasks.gated, patient.path, 1);
      const lost = executor.with({ killAfterMs: 50 }).submit(Tasks.gated, impatient.path, 2);
      await patient.whenReached();
      await impatient.whenReached();
      expect(kept.abort()).toBe(true);
      lost.abort();
      await expect(lost.result()).rejects.toBeInstanceOf(CancelledError);
      expect(kept.state).toBe("running");
      patient.open();
      expect(await kept.result()).toBe(1);
    });

    test("[B14] again answers true, and the first reason stays", async () => {
      const executor = bench.shared();
      const gate = bench.scratch.gate();
      const patient = executor.with({ killAfterMs: Infinity });
      const future = patient.submit(Tasks.obedient, gate.path);
      await gate.whenReached();
      const reason = new Error("first");
      expect(future.abort(reason)).toBe(true);
      expect(future.abort(new Error("second"))).toBe(true);
      await expectCancelledBecause(future, reason);
      expect(future.abort(new Error("third"))).toBe(true);
      await expectCancelledBecause(future, reason);
    });

    test("[B14] of a finished call answers false, and the outcome stays", async () => {
      const executor = bench.shared();
      const future = executor.submit(Tasks.power, 2, 2);
      await future.result();
      expect(future.abort(new Error("late"))).toBe(false);
      expect(await future.result()).toBe(4);
    });

    // Where each call begins at once there is never one that waits.
    if (subject.queues) {
      test("[B14] of a waiting call cancels it at once, with the reason", async () => {
        const { executor, gate } = await bench.busyExecutor();
        const log = bench.scratch.log();
        const future = executor.submit(Tasks.log, log.path, "begun");
        const reason = new Error("never mind");
        expect(future.abort(reason)).toBe(true);
        expect(future.state).toBe("cancelled");
        await expectCancelledBecause(future, reason);
        gate.open();
        await executor.shutdown();
        expect(log.lines).toEqual([]);
      });
    }
  });
}
