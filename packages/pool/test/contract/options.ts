import { describe, expect, test } from "@jest/globals";
import type { TaskOptions } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import type { Workbench } from "./workbench.js";

type Unsound = readonly [options: object, error: typeof TypeError | typeof RangeError];

/** Options that a caller without types may pass. */
const UNSOUND: readonly Unsound[] = [
  [{ timeout: 5 }, TypeError],
  [{ signal: {} }, TypeError],
  [{ timeoutMs: "5" }, TypeError],
  [{ timeoutMs: -1 }, RangeError],
  [{ timeoutMs: NaN }, RangeError],
  [{ killAfterMs: null }, TypeError],
  [{ killAfterMs: -1 }, RangeError],
  [{ killAfterMs: NaN }, RangeError],
  [{ priority: "high" }, TypeError],
  [{ priority: NaN }, TypeError],
  [{ priority: Infinity }, TypeError],
  [{ transfer: new ArrayBuffer(1) }, TypeError],
  [{ name: 5 }, TypeError],
  [{ ordered: "yes" }, TypeError],
  [{ deadlineMs: "5" }, TypeError],
  [{ deadlineMs: NaN }, RangeError],
];

const UNSOUND_COUNTS: readonly (readonly [...Unsound, label: string])[] = [
  [{ chunkSize: 0 }, RangeError, "H13"],
  [{ chunkSize: -1 }, RangeError, "H13"],
  [{ chunkSize: 1.5 }, RangeError, "H13"],
  [{ chunkSize: NaN }, RangeError, "H13"],
  [{ chunkSize: "4" }, TypeError, "H13"],
  [{ bufferSize: "foo" }, TypeError, "H17"],
  [{ bufferSize: 2.5 }, TypeError, "H17"],
  [{ bufferSize: 0 }, RangeError, "H17"],
  [{ bufferSize: -1 }, RangeError, "H17"],
  [{ bufferSize: Infinity }, RangeError, "H17"],
];

export function describeOptions(bench: Workbench): void {
  const { subject } = bench;

  describe("with()", () => {
    test.each(UNSOUND)("[G17] throws at the call for %p", (options, error) => {
      const executor = bench.shared();
      expect(() => executor.with(options)).toThrow(error);
      expect(() => executor.with({}).with(options)).toThrow(error);
    });

    test.each(UNSOUND_COUNTS.map(([options, error, label]) => [label, options, error] as const))(
      "[%s] throws at the call for %p, before any input is read",
      (_label, options, error) => {
        const executor = bench.shared();
        let read = 0;
        const input = function* (): Generator<number> {
          yield (read += 1);
        };
        expect(() => executor.with(options).map(Tasks.identity, input())).toThrow(error);
        expect(read).toBe(0);
      },
    );

    test("[G17] takes undefined for any option as nothing said", async () => {
      const executor = bench.shared();
      const nothing = {
        signal: undefined,
        timeoutMs: undefined,
        killAfterMs: undefined,
        priority: undefined,
        transfer: undefined,
        name: undefined,
        chunkSize: undefined,
        bufferSize: undefined,
        ordered: undefined,
        deadlineMs: undefined,
      } satisfies Required<{ [K in keyof TaskOptions]: undefined }>;
      expect(await executor.with(nothing).run(Tasks.describeTask)).toMatchObject({
        name: "describeTask",
      });
      expect(await executor.with(nothing).map(Tasks.identity, [1, 2]).toArray()).toEqual([1, 2]);
    });

    test("[G17] binds options for its own calls only, and can be chained", async () => {
      const executor = bench.shared();
      const options = { name: "first" };
      const first = executor.with(options);
      options.name = "changed later";
      const second = first.with({ timeoutMs: 60_000 });
      const third = second.with({ name: "third" });
      const names: string[] = [];
      for (const submitter of [executor, first, second, third, first]) {
        names.push((await submitter.run(Tasks.describeTask)).name);
      }
      expect(names).toEqual(["describeTask", "first", "first", "third", "first"]);
    });

    test("[G17] gives submit(), run() and map() alike", async () => {
      const submitter = bench.shared().with({ name: "mine" });
      const expected = expect.objectContaining({ name: "mine" });
      expect(await submitter.submit(Tasks.describeTask).result()).toEqual(expected);
      expect(await submitter.run(Tasks.describeTask)).toEqual(expected);
      expect(await submitter.map(Tasks.power, [2, 3], [2, 2]).toArray()).toEqual([4, 9]);
    });

    // Objects that are moved rather than copied are gone here; in shared memory there is nothing to move.
    if (subject.sharesMemory) {
      test("[G17] leaves objects to transfer where they are", async () => {
        const executor = bench.shared();
        const buffer = new ArrayBuffer(8);
        expect(await executor.with({ transfer: [buffer] }).run(Tasks.identity, buffer)).toBe(
          buffer,
        );
        expect(buffer.byteLength).toBe(8);
      });
    }

    // Only where calls wait can one go before another.
    if (subject.queues) {
      test("[G5] [G17] starts calls of a higher priority first, and equals in order", async () => {
        const { executor, gate } = await bench.busyExecutor();
        const log = bench.scratch.log();
        const priorities = [0, -1, 5, 0, 0.5, 5, -1, undefined];
        priorities.forEach((priority, n) => {
          executor.with({ priority }).submit(Tasks.log, log.path, `${priority}:${n}`);
        });
        gate.open();
        await executor.shutdown();
        expect(log.lines).toEqual([
          "5:2",
          "5:5",
          "0.5:4",
          "0:0",
          "0:3",
          "undefined:7",
          "-1:1",
          "-1:6",
        ]);
      });
    }
  });

  describe("inside a task", () => {
    test("[G17] currentTask() knows the name of the call and its worker", async () => {
      const executor = bench.shared();
      expect(await executor.run(Tasks.describeTask)).toEqual({
        name: "describeTask",
        workerId: expect.any(Number),
        aborted: false,
      });
    });

    test("[C1] report() reaches the listeners, in order and before the call is done", async () => {
      const executor = bench.shared();
      const values = [1, "two", { three: 3 }, null, undefined];
      const future = executor.submit(Tasks.reportAll, [0, ...values]);
      const seen: unknown[] = [];
      future.onProgress((value) => seen.push(value));
      const removed: unknown[] = [];
      future.onProgress((value) => removed.push(value))();
      future.addDoneCallback(() => seen.push("done"));
      expect(await future.result()).toBe(values.length + 1);
      // The first report may come inside submit(), where nobody can listen yet.
      expect(seen.filter((value) => value !== 0)).toEqual([...values, "done"]);
      expect(removed).toEqual([]);
    });
  });
}
