import { describe, expect, test } from "@jest/globals";
import { ExecutorShutdownError } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import { type Entry, journalOf } from "../support/journal.js";
import type { Workbench } from "./workbench.js";

function expectAllAndRefusal(journal: readonly Entry[], values: readonly number[]): void {
  const entries = values.map((value) => ({ value }));
  expect(journal).toHaveLength(entries.length + 1);
  expect(journal.slice(0, -1)).toEqual(expect.arrayContaining(entries));
  expect(journal.at(-1)).toEqual({ error: expect.any(ExecutorShutdownError) });
}

export function describeMapAndShutdown(bench: Workbench): void {
  describe("map() and shutdown()", () => {
    test("[H4] everything is submitted at the call, and runs without being asked for", async () => {
      const executor = bench.executor(3);
      const log = bench.scratch.log();
      const texts = Array.from({ length: 10 }, (_, n) => `call ${n}`);
      executor.map(
        Tasks.log,
        texts.map(() => log.path),
        texts,
      );
      await executor.shutdown();
      expect(log.lines.sort()).toEqual([...texts].sort());
    });

    test("[H4] the results can be read after the shutdown", async () => {
      const executor = bench.executor(2);
      const results = executor.map(Tasks.power, [1, 2, 3, 4, 5], [2, 2, 2, 2, 2]);
      await executor.shutdown();
      expect(await results.toArray()).toEqual([1, 4, 9, 16, 25]);
    });

    test("[H32] more items than workers right before the shutdown are all done", async () => {
      const executor = bench.executor(2);
      const results = executor.map(Tasks.delayed, [1, 2, 3], [5, 5, 5]);
      await executor.shutdown();
      expect(await results.toArray()).toEqual([1, 2, 3]);
    });

    test.each([{}, { ordered: false }])(
      "[H22] with a bufferSize gives all that was submitted, and then fails (%p)",
      async (options) => {
        const executor = bench.executor(2);
        const submitter = executor.with({ ...options, bufferSize: 2 });
        const [numbers, delays] = [
          [0, 1, 2, 3, 4],
          [10, 10, 10, 10, 10],
        ];
        const untouched = submitter.map(Tasks.delayed, numbers, delays);
        const begun = submitter.map(Tasks.delayed, numbers, delays);
        const first = await begun.next();
        await executor.shutdown({ wait: false });
        expectAllAndRefusal(await journalOf(untouched), [0, 1]);
        expectAllAndRefusal([{ value: first.value }, ...(await journalOf(begun))], [0, 1, 2]);
      },
    );

    test("[H22] with a bufferSize goes on to its end when all input was read", async () => {
      const executor = bench.executor();
      const results = executor.with({ bufferSize: 5 }).map(Tasks.identity, [0, 1, 2]);
      await executor.shutdown();
      expect(await journalOf(results)).toEqual([{ value: 0 }, { value: 1 }, { value: 2 }]);
    });

    test("[H25] an item that shuts the executor down as it is read is the last to be read", async () => {
      const executor = bench.executor();
      const ended: Promise<void>[] = [];
      const items = Object.defineProperty([0, 1, 2], 1, {
        get: () => {
          ended.push(executor.shutdown({ cancelFutures: true }));
          return 1;
        },
      });
      const journal = Promise.resolve()
        .then(() => executor.map(Tasks.identity, items))
        .then(journalOf, (error: unknown) => [{ error }]);
      expect((await journal).at(-1)).toEqual({ error: expect.any(ExecutorShutdownError) });
      await Promise.all(ended);
    });

    test("[H25] after the shutdown map() throws at the call, whatever its input", async () => {
      const executor = bench.executor();
      const submitter = executor.with({ bufferSize: 2 });
      await executor.shutdown();
      let read = 0;
      const input = function* (): Generator<number> {
        yield (read += 1);
      };
      const slow = async function* (): AsyncGenerator<number> {
        yield (read += 1);
      };
      for (const one of [executor, submitter]) {
        expect(() => one.map(Tasks.identity, input())).toThrow(ExecutorShutdownError);
        expect(() => one.map(Tasks.identity, slow())).toThrow(ExecutorShutdownError);
        expect(() => one.map(Tasks.identity, [])).toThrow(ExecutorShutdownError);
        expect(() => one.map(Tasks.nothing)).toThrow(ExecutorShutdownError);
      }
      expect(read).toBe(0);
    });
  });
}
