import { describe, expect, test } from "@jest/globals";
import type { Task } from "../../src/index.js";
import * as Limits from "../fixtures/limit-tasks.mjs";
import * as Tasks from "../fixtures/tasks.mjs";
import { journalOf } from "../support/journal.js";
import type { Workbench } from "./workbench.js";

/** What ends a call of divmod with 0, as it stands in a journal. */
const DIVISION_BY_ZERO = { error: expect.objectContaining({ message: "division by zero" }) };

export function describeMap(bench: Workbench): void {
  describe("map()", () => {
    test("[H1] gives results in the order of the input, however the calls end", async () => {
      const executor = bench.shared(4);
      const delays = [40, 0, 20, 5, 10];
      expect(await executor.map(Tasks.delayed, [0, 1, 2, 3, 4], delays).toArray()).toEqual([
        0, 1, 2, 3, 4,
      ]);
    });

    test("[H1] with ordered: false gives them as they come", async () => {
      const executor = bench.shared(4);
      const gates = bench.scratch.gates(3);
      const paths = gates.map(({ path }) => path);
      const results = executor.with({ ordered: false }).map(Tasks.gated, paths, [0, 1, 2]);
      for (const n of [2, 0, 1]) {
        gates[n]?.open();
        expect(await results.next()).toEqual({ done: false, value: n });
      }
      expect(await results.next()).toEqual({ done: true, value: undefined });
    });

    test("[H2] reads several iterables side by side until the shortest ends", async () => {
      const executor = bench.shared();
      expect(await executor.map(Tasks.power, [2, 3, 4], [2, 3]).toArray()).toEqual([4, 27]);
      expect(await executor.map(Tasks.power, [2], new Set([2, 3, 4])).toArray()).toEqual([4]);
      expect(await executor.map(Tasks.allOf, "ab", [1, 2], [null, []]).toArray()).toEqual([
        ["a", 1, null],
        ["b", 2, []],
      ]);
    });

    test("[H2] tells the longer iterables that it is done with them", async () => {
      const executor = bench.shared();
      const closed: string[] = [];
      const endless = function* (name: string): Generator<string> {
        try {
          for (;;) yield name;
        } finally {
          closed.push(name);
        }
      };
      const results = executor.map(Tasks.allOf, endless("a"), [1], endless("b"));
      expect(await results.toArray()).toEqual([["a", 1, "b"]]);
      expect(closed).toEqual(["a", "b"]);
    });

    test.each([undefined, 2])(
      "[H3] [H20] without input, or with an empty one, ends at once (bufferSize %p)",
      async (bufferSize) => {
        const submitter = bench.shared().with({ bufferSize });
        const end = { done: true, value: undefined };
        expect(await submitter.map(Tasks.nothing).next()).toEqual(end);
        expect(await submitter.map(Tasks.identity, []).next()).toEqual(end);
        expect(await submitter.map(Tasks.power, [], [1, 2]).next()).toEqual(end);
        expect(await submitter.map(Tasks.power, [1, 2], []).next()).toEqual(end);
      },
    );

    test.each([5, null, {}, undefined])(
      "[H2] throws a TypeError at the call for %p as input",
      (input) => {
        const executor = bench.shared();
        const identity: Task<[never], unknown> = Tasks.identity;
        expect(() => executor.map(identity, input as never)).toThrow(TypeError);
      },
    );

    test("[H5] [H6] fails in the place of the call that failed, and goes on", async () => {
      const executor = bench.shared();
      const results = executor.map(Tasks.divmod, [8, 7, 6, 5], [2, 3, 0, 5]);
      expect(await journalOf(results)).toEqual([
        { value: [4, 0] },
        { value: [2, 1] },
        DIVISION_BY_ZERO,
        { value: [1, 0] },
      ]);
    });

    test.each([{}, { bufferSize: 1 }, { ordered: false }])(
      "[H6] with %p survives failures everywhere",
      async (options) => {
        const executor = bench.shared();
        const results = executor.with(options).map(Tasks.divmod, [1, 2, 3, 4], [0, 1, 0, 0]);
        const journal = await journalOf(results);
        expect(journal).toHaveLength(4);
        expect(journal).toContainEqual({ value: [2, 0] });
        expect(journal.filter((entry) => "error" in entry)).toEqual(
          Array(3).fill(DIVISION_BY_ZERO),
        );
      },
    );

    test("[H6] ends a for-await loop and toArray() at the first failure", async () => {
      const executor = bench.shared();
      const seen: unknown[] = [];
      const loop = async (): Promise<void> => {
        for await (const one of executor.map(Tasks.divmod, [4, 4, 4], [2, 0, 4])) seen.push(one);
      };
      await expect(loop()).rejects.toThrow("division by zero");
      expect(seen).toEqual([[2, 0]]);
      await expect(executor.map(Tasks.divmod, [4, 4, 4], [2, 0, 4]).toArray()).rejects.toThrow(
        "division by zero",
      );
    });

    test.each([undefined, 60_000])(
      "[H7] takes a TimeoutError of the task for no more than that (deadlineMs %p)",
      async (deadlineMs) => {
        const executor = bench.shared();
        const results = executor
          .with({ deadlineMs })
          .map(Limits.timeOutAt, [0, 1, 2, 3], [1, 1, 1, 1]);
        expect(await journalOf(results)).toEqual([
          { value: 0 },
          { error: expect.objectContaining({ name: "TimeoutError", message: "of task 1" }) },
          { value: 2 },
          { value: 3 },
        ]);
      },
    );

    test("[H29] is an iterator of one pass", async () => {
      const executor = bench.shared();
      const results = executor.map(Tasks.identity, [1, 2, 3]);
      expect(results[Symbol.asyncIterator]()).toBe(results);
      expect(await results.next()).toEqual({ done: false, value: 1 });
      expect(await results.toArray()).toEqual([2, 3]);
      expect(await results.toArray()).toEqual([]);
      expect(await results.next()).toEqual({ done: true, value: undefined });
    });

    test("[H29] serves several calls of next() at once, each with its own result", async () => {
      const executor = bench.shared(4);
      const end = { done: true, value: undefined };
      const inOrder = [1, 2, 3].map((value) => ({ done: false, value }));
      for (const options of [{}, { bufferSize: 1 }]) {
        const results = executor.with(options).map(Tasks.identity, [1, 2, 3]);
        const steps = await Promise.all(Array.from({ length: 5 }, () => results.next()));
        expect(steps).toEqual([...inOrder, end, end]);
      }
      const results = executor.with({ ordered: false }).map(Tasks.identity, [1, 2, 3]);
      const steps = await Promise.all(Array.from({ length: 5 }, () => results.next()));
      expect(steps.slice(0, 3)).toEqual(expect.arrayContaining(inOrder));
      expect(steps.slice(3)).toEqual([end, end]);
    });

    test.each([undefined, 1, 3])(
      "[H30] does not end at results that are undefined (bufferSize %p)",
      async (bufferSize) => {
        const submitter = bench.shared().with({ bufferSize });
        const results = submitter.map(Tasks.identity, Array<undefined>(5).fill(undefined));
        expect(await results.toArray()).toEqual(Array(5).fill(undefined));
      },
    );

    test.each([1, 6, 40, 50])(
      "[H14] [H15] gives the same results with chunkSize %d",
      async (chunkSize) => {
        const submitter = bench.shared().with({ chunkSize });
        const numbers = Array.from({ length: 40 }, (_, n) => n);
        const squares = numbers.map((n) => n ** 2);
        const twos = numbers.map(() => 2);
        expect(await submitter.map(Tasks.power, numbers, twos).toArray()).toEqual(squares);
      },
    );
  });
}
