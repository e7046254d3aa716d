import { describe, expect, test } from "@jest/globals";
import { TimeoutError } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import type { Gate } from "../support/gate.js";
import { inTime } from "../support/in-time.js";
import { journalOf } from "../support/journal.js";
import { countedSince } from "../support/kept-executors.js";
import { nextTurn, settlesAtOnce } from "../support/soon.js";
import type { Workbench } from "./workbench.js";

const END = { done: true, value: undefined };

function pathsOf(gates: readonly Gate[]): string[] {
  return gates.map(({ path }) => path);
}

async function whenPast(time: number): Promise<void> {
  while (performance.now() < time) await nextTurn();
}

export function describeMapEnds(bench: Workbench): void {
  const { subject } = bench;

  describe("map() with a deadline", () => {
    test("[H8] [H9] fails in the next() that runs over, and is at its end then", async () => {
      const executor = bench.shared(4);
      const gates = bench.scratch.gates(3);
      gates[0]?.open();
      gates[1]?.open();
      const submitter = executor.with({ deadlineMs: 100 });
      const journal = await journalOf(submitter.map(Tasks.gated, pathsOf(gates), [0, 1, 2]));
      // However slow the machine is, these come first or not at all.
      expect([{ value: 0 }, { value: 1 }]).toEqual(expect.arrayContaining(journal.slice(0, -1)));
      expect(journal.at(-1)).toEqual({ error: expect.any(TimeoutError) });
    });

    test("[H9] is at its end for whoever asks again", async () => {
      const executor = bench.shared();
      const results = executor
        .with({ deadlineMs: 20 })
        .map(Tasks.gated, pathsOf(bench.scratch.gates(1)), [0]);
      await expect(results.next()).rejects.toMatchObject({
        name: "TimeoutError",
        message: expect.stringContaining("20 ms"),
      });
      expect(await results.next()).toEqual(END);
      expect(await results.next()).toEqual(END);
    });

    test("[H9] fails for the one who has waited longest, and is at its end for the others", async () => {
      const executor = bench.shared();
      const results = executor
        .with({ deadlineMs: 30 })
        .map(Tasks.gated, pathsOf(bench.scratch.gates(1)), [0]);
      const [oldest, ...others] = await Promise.allSettled([
        results.next(),
        results.next(),
        results.next(),
      ]);
      expect(oldest).toMatchObject({ status: "rejected", reason: { name: "TimeoutError" } });
      for (const other of others) expect(other).toEqual({ status: "fulfilled", value: END });
    });

    test("[H8] counts from the call, not from the first next()", async () => {
      const executor = bench.shared();
      const results = executor
        .with({ deadlineMs: 20 })
        .map(Tasks.gated, pathsOf(bench.scratch.gates(1)), [0]);
      await whenPast(performance.now() + 30);
      const step = results.next();
      expect(await settlesAtOnce(step)).toBe(true);
      await expect(step).rejects.toBeInstanceOf(TimeoutError);
    });

    test("[H8] still gives what was done in time to a slow reader", async () => {
      const executor = bench.shared();
      const results = await inTime(50, async (deadlineMs) => {
        const deadline = performance.now() + deadlineMs;
        const counted = countedSince(executor);
        const begun = executor.with({ deadlineMs }).map(Tasks.identity, [0, 1, 2]);
        while (counted().completed < 3) await nextTurn();
        const isInTime = performance.now() < deadline;
        await whenPast(deadline + deadlineMs);
        return isInTime ? begun : undefined;
      });
      expect(await results.toArray()).toEqual([0, 1, 2]);
    });

    test.each([0, -1])("[H8] of %d ms does not wait at all", async (deadlineMs) => {
      const executor = bench.shared();
      const results = executor
        .with({ deadlineMs })
        .map(Tasks.gated, pathsOf(bench.scratch.gates(1)), [0]);
      const step = results.next();
      expect(await settlesAtOnce(step)).toBe(true);
      await expect(step).rejects.toBeInstanceOf(TimeoutError);
    });

    test("[H8] of Infinity never runs out", async () => {
      const submitter = bench.shared().with({ deadlineMs: Infinity });
      expect(await submitter.map(Tasks.delayed, [1, 2], [5, 1]).toArray()).toEqual([1, 2]);
    });

    // Where each call begins at once, none is left to be cancelled.
    if (subject.queues) {
      test("[H10] cancels at its end all that waits, also what next() waited for", async () => {
        const { executor, gate } = await bench.busyExecutor();
        const log = bench.scratch.log();
        const submitter = executor.with({ deadlineMs: 0 });
        const results = submitter.map(Tasks.log, [log.path, log.path], ["first", "second"]);
        await expect(results.next()).rejects.toBeInstanceOf(TimeoutError);
        expect(executor.stats()).toMatchObject({ pending: 0, running: 1, cancelled: 2 });
        gate.open();
        await executor.shutdown();
        expect(log.lines).toEqual([]);
      });
    }
  });

  describe("map() that is left", () => {
    test("[H11] is at its end, and lets what runs run on", async () => {
      const executor = bench.executor(1);
      const [gate] = bench.scratch.gates(1);
      const log = bench.scratch.log();
      const results = executor.map(Tasks.gatedLog, pathsOf(gate ? [gate] : []), [log.path], ["a"]);
      await gate?.whenReached();
      expect(await results.return()).toEqual(END);
      expect(await results.next()).toEqual(END);
      expect(await results.return()).toEqual(END);
      expect(await results.toArray()).toEqual([]);
      gate?.open();
      await executor.shutdown();
      expect(log.lines).toEqual(["a"]);
    });

    // Where each call begins at once, none is left to be cancelled.
    if (subject.queues) describeCancelOfRest(bench);
  });
}

function describeCancelOfRest(bench: Workbench): void {
  test("[H9] [H11] is an end, and no error, for a next() that waits for what is cancelled", async () => {
    const { executor } = await bench.busyExecutor();
    const left = executor.map(Tasks.identity, [1, 2]);
    const steps = [left.next(), left.next(), left.next()];
    await left.return();
    expect(await Promise.all(steps)).toEqual([END, END, END]);
    const late = executor.with({ deadlineMs: 20 }).map(Tasks.identity, [1, 2]);
    const [first, ...others] = [late.next(), late.next(), late.next()];
    await expect(first).rejects.toBeInstanceOf(TimeoutError);
    expect(await Promise.all(others)).toEqual([END, END]);
  });

  test("[H11] by return() cancels what has not begun", async () => {
    const executor = bench.executor(1);
    const gates = bench.scratch.gates(4);
    const results = executor.map(Tasks.gated, pathsOf(gates), [0, 1, 2, 3]);
    gates[0]?.open();
    expect(await results.next()).toEqual({ done: false, value: 0 });
    await gates[1]?.whenReached();
    await results.return();
    expect(executor.stats()).toMatchObject({ pending: 0, running: 1, cancelled: 2 });
    gates[1]?.open();
    await executor.shutdown();
    expect(executor.stats()).toMatchObject({ completed: 2, cancelled: 2, failed: 0 });
    expect(gates.map((gate) => gate.reached)).toEqual([true, true, false, false]);
  });

  test("[H11] by a loop or a block that ends cancels what has not begun", async () => {
    const { executor, gate } = await bench.busyExecutor();
    const first = bench.scratch.gate();
    first.open();
    {
      await using results = executor.map(Tasks.identity, [1, 2, 3]);
      expect(results).toBeDefined();
      expect(executor.stats().pending).toBe(3);
    }
    expect(executor.stats()).toMatchObject({ pending: 0, cancelled: 3 });
    const inputs = [first.path, ...pathsOf(bench.scratch.gates(2))];
    const results = executor.map(Tasks.gated, inputs, [0, 1, 2]);
    gate.open();
    for await (const result of results) {
      expect(result).toBe(0);
      break;
    }
    expect(executor.stats()).toMatchObject({ pending: 0 });
    expect(executor.stats().cancelled).toBeGreaterThanOrEqual(4);
  });

  test("[H6] at a failure in a for-await loop leaves the rest to go on", async () => {
    const { executor, gate } = await bench.busyShared();
    const results = executor.map(Tasks.divmod, [1, 2, 3], [0, 1, 1]);
    gate.open();
    await expect(results.next()).rejects.toThrow("division by zero");
    expect(await results.toArray()).toEqual([
      [2, 0],
      [3, 0],
    ]);
  });

  test("[H6] by toArray() cancels what has not begun at the first failure", async () => {
    const executor = bench.executor(1);
    const gates = bench.scratch.gates(3);
    const results = executor.map(Tasks.gatedFailure, pathsOf(gates), ["a", "b", "c"]).toArray();
    gates[0]?.open();
    await expect(results).rejects.toThrow("a");
    // The second one may have begun already; the third has not.
    expect(executor.stats().cancelled).toBeGreaterThanOrEqual(1);
    expect(gates[2]?.reached).toBe(false);
  });
}
