import { describe, expect, test } from "@jest/globals";
import { type AnyIterable, TimeoutError } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";
import { journalOf } from "../support/journal.js";
import { nextTurn, settlesAtOnce } from "../support/soon.js";
import type { Workbench } from "./workbench.js";

/** An endless input that tells how much of it was taken, and whether it was closed. */
class Source {
  taken = 0;
  closed = false;

  *numbers(): Generator<number> {
    try {
      for (;;) yield this.taken++;
    } finally {
      this.closed = true;
    }
  }

  async *slowNumbers(): AsyncGenerator<number> {
    for (const number of this.numbers()) {
      await nextTurn();
      yield number;
    }
  }
}

export function describeBufferedMap(bench: Workbench): void {
  describe("map() with a bufferSize", () => {
    test.each([1, 2, 10, 20])("[H18] of %d gives the same results", async (bufferSize) => {
      const submitter = bench.shared(4).with({ bufferSize });
      const numbers = Array.from({ length: 10 }, (_, n) => n);
      expect(await submitter.map(Tasks.identity, numbers).toArray()).toEqual(numbers);
      expect(await submitter.map(Tasks.power, numbers, numbers).toArray()).toEqual(
        numbers.map((n) => n ** n),
      );
    });

    test("[H19] takes endless inputs, and closes them when it is left", async () => {
      const executor = bench.shared();
      const [one, two] = [new Source(), new Source()];
      const results = executor
        .with({ bufferSize: 2 })
        .map(Tasks.power, one.numbers(), two.numbers());
      const seen: unknown[] = [];
      for await (const result of results) {
        seen.push(result);
        if (seen.length === 3) break;
      }
      expect(seen).toEqual([1, 1, 4]);
      expect([one.closed, two.closed]).toEqual([true, true]);
      expect(await results.next()).toEqual({ done: true, value: undefined });
    });

    test.each(["sync", "async"])(
      "[H19] passes on what the clean-up of an %s input throws, unless there is worse to tell",
      async (kind) => {
        const executor = bench.shared();
        const untidy: IterableIterator<number> = {
          [Symbol.iterator]: () => untidy,
          next: () => ({ done: false, value: 1 }),
          return() {
            throw new Error("cannot tidy up");
          },
        };
        const untidySlowly = async function* (): AsyncGenerator<number> {
          yield* untidy;
        };
        const input = (): AnyIterable<number> => (kind === "sync" ? untidy : untidySlowly());
        const left = executor.with({ bufferSize: 1 }).map(Tasks.identity, input());
        expect(await left.next()).toEqual({ done: false, value: 1 });
        // What is read ahead is there, so that nothing is under way when the iterator is left.
        await nextTurn();
        await expect(left.return()).rejects.toThrow("cannot tidy up");
        expect(await left.next()).toEqual({ done: true, value: undefined });
        const late = executor.with({ bufferSize: 1, deadlineMs: 0 }).map(
          Tasks.gated,
          bench.scratch.gates(2).map(({ path }) => path),
          input(),
        );
        await expect(late.next()).rejects.toBeInstanceOf(TimeoutError);
      },
    );

    test.each([1, 2, 5])(
      "[H21] of %d reads so much before the first next(), and then one for each",
      async (bufferSize) => {
        const executor = bench.shared(4);
        const source = new Source();
        const results = executor.with({ bufferSize }).map(Tasks.identity, source.numbers());
        expect(source.taken).toBe(bufferSize);
        for (let asked = 1; asked <= 4; asked += 1) {
          const step = results.next();
          // Read before the result is there: the workers are not to wait for the reader.
          expect(source.taken).toBe(bufferSize + asked);
          expect(await step).toEqual({ done: false, value: asked - 1 });
          expect(source.taken).toBe(bufferSize + asked);
        }
        await results.return();
      },
    );

    test("[H21] reads on while the result asked for is not done", async () => {
      const executor = bench.shared(4);
      const gates = bench.scratch.gates(4);
      let taken = 0;
      const paths = function* (): Generator<string> {
        for (const { path } of gates) {
          taken += 1;
          yield path;
        }
      };
      const results = executor
        .with({ bufferSize: 2 })
        .map(Tasks.gated, paths(), new Source().numbers());
      expect(taken).toBe(2);
      const step = results.next();
      expect(taken).toBe(3);
      expect(await settlesAtOnce(step)).toBe(false);
      gates[0]?.open();
      expect(await step).toEqual({ done: false, value: 0 });
      expect(taken).toBe(3);
      await results.return();
    });

    test("[H28] can be combined with a deadline", async () => {
      const submitter = bench.shared().with({ bufferSize: 2, deadlineMs: 60_000 });
      expect(await submitter.map(Tasks.identity, [1, 2, 3]).toArray()).toEqual([1, 2, 3]);
    });

    test("[H31] reads async iterables, never further ahead than that", async () => {
      const executor = bench.shared(4);
      const source = new Source();
      let asked = 0;
      let furthest = 0;
      const numbers = async function* (): AsyncGenerator<number> {
        for await (const number of source.slowNumbers()) {
          furthest = Math.max(furthest, source.taken - asked);
          yield number;
        }
      };
      const results = executor.with({ bufferSize: 3 }).map(Tasks.identity, numbers());
      const seen: unknown[] = [];
      while (seen.length < 20) {
        // A slow reader, so that the source has every chance to run ahead.
        for (let turn = 0; turn < 5; turn += 1) await nextTurn();
        asked += 1;
        seen.push((await results.next()).value);
      }
      await results.return();
      expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
      expect(furthest).toBe(3);
      // The source is closed when the item is there that it was asked for last.
      while (!source.closed) await nextTurn();
    });
  });

  describe("map() over async iterables", () => {
    test("[H31] reads them without a bufferSize as fast as they come", async () => {
      const executor = bench.shared();
      const source = new Source();
      const ten = async function* (): AsyncGenerator<number> {
        for await (const number of source.slowNumbers()) {
          if (number === 10) return;
          yield number;
        }
      };
      const results = executor.map(Tasks.identity, ten());
      while (!source.closed) await nextTurn();
      expect(await results.toArray()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    test("[H31] [H2] reads them side by side with others", async () => {
      const executor = bench.shared();
      const [slow, quick] = [new Source(), new Source()];
      const results = executor.map(Tasks.allOf, slow.slowNumbers(), quick.numbers(), ["a", "b"]);
      expect(await results.toArray()).toEqual([
        [0, 0, "a"],
        [1, 1, "b"],
      ]);
      expect([slow.closed, quick.closed]).toEqual([true, true]);
    });

    test("[H27] [H31] passes on what they throw, in its place, and closes the others", async () => {
      const executor = bench.shared();
      const failing = async function* (): AsyncGenerator<number> {
        yield* [0, 1];
        throw new Error("the input broke");
      };
      for (const bufferSize of [undefined, 1, 5]) {
        const other = new Source();
        const results = executor.with({ bufferSize }).map(Tasks.sumOf, failing(), other.numbers());
        expect(await journalOf(results)).toEqual([
          { value: 0 },
          { value: 2 },
          { error: new Error("the input broke") },
        ]);
        expect(other.closed).toBe(true);
      }
    });

    test("[H31] [H11] ends when it is left while its input keeps it waiting", async () => {
      const executor = bench.executor();
      let arrive = (): void => undefined;
      const arrival = new Promise<void>((resolve) => (arrive = resolve));
      let close = (): void => undefined;
      const closing = new Promise<void>((resolve) => (close = resolve));
      const waiting = async function* (): AsyncGenerator<number> {
        try {
          await arrival;
          yield 1;
        } finally {
          close();
        }
      };
      const results = executor.map(Tasks.identity, waiting());
      const step = results.next();
      await results.return();
      expect(await step).toEqual({ done: true, value: undefined });
      arrive();
      await closing;
      // What came too late was not submitted any more.
      expect(executor.stats()).toMatchObject({ pending: 0, running: 0, completed: 0 });
    });
  });
}
