import { describe, expect, test } from "@jest/globals";
import { CancelledError } from "../../src/index.js";
import * as Streams from "../fixtures/stream-tasks.mjs";
import * as Tasks from "../fixtures/tasks.mjs";
import { until } from "../support/until.js";
import type { Workbench } from "./workbench.js";

/** A source that notes how often it was read, and how it ended. */
class Source implements AsyncIterable<number> {
  drawn = 0;
  ends: string[] = [];

  constructor(
    private readonly last: number,
    private readonly failure?: Error,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<number, void> {
    try {
      while (this.drawn < this.last) {
        this.drawn += 1;
        yield this.drawn;
      }
      if (this.failure !== undefined) throw this.failure;
    } finally {
      this.ends.push("finally");
    }
  }
}

async function* letters(...items: string[]): AsyncGenerator<string, void> {
  for (const item of items) yield await Promise.resolve(item);
}

export function describeAsyncArguments(bench: Workbench): void {
  const { subject } = bench;

  describe("async iterables as arguments", () => {
    test.each([0, 1, 15, 16, 17, 5000])("reach the task item by item: %d", async (last) => {
      const executor = bench.shared();
      const source = new Source(last);
      expect(await executor.run(Streams.sumOf, source)).toBe((last * (last + 1)) / 2);
      expect(source.ends).toEqual(["finally"]);
    });

    test("may stand beside each other, and beside plain values", async () => {
      const executor = bench.shared();
      const all = await executor.run(Streams.pairs, letters("a", "b"), "-", letters("x", "y"));
      expect(all).toEqual(["a-x", "b-y"]);
    });

    test("may be ReadableStreams", async () => {
      const executor = bench.shared();
      let cancelled = 0;
      const stream = new ReadableStream<number>({
        pull(controller) {
          controller.enqueue(1);
        },
        cancel() {
          cancelled += 1;
        },
      });
      expect(await executor.run(Streams.takeSome, stream, 3)).toEqual([1, 1, 1]);
      await until(() => cancelled === 1);
      expect(stream.locked).toBe(false);
    });

    test("go in and come out again, with stream()", async () => {
      const executor = bench.shared();
      const seen: number[] = [];
      for await (const item of executor.stream(Streams.echo, new Source(500))) seen.push(item);
      expect(seen).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
    });

    test("a reader that leaves early ends both", async () => {
      const patient = bench.shared().with({ killAfterMs: Infinity });
      const source = new Source(Infinity);
      for await (const item of patient.stream(Streams.echo, source)) if (item === 5) break;
      await until(() => source.ends.length === 1);
      expect(bench.shared().stats()).toMatchObject({ running: 0 });
    });

    test("are closed when the task leaves its loop", async () => {
      const executor = bench.shared();
      const source = new Source(Infinity);
      expect(await executor.run(Streams.firstOf, source)).toBe(1);
      await until(() => source.ends.length === 1);
      expect(source.drawn).toBeLessThan(1000);
    });

    test("are not touched where the task does not read them", async () => {
      const executor = bench.shared();
      const source = new Source(3);
      expect(await executor.run(Streams.touchesNothing, source)).toBe("untouched");
      expect(await executor.run(Streams.takeSome, source, 0)).toEqual([]);
      expect([source.drawn, source.ends]).toEqual([0, []]);
    });

    test("what they throw is thrown inside the task, after the items", async () => {
      const executor = bench.shared();
      const failure = Object.assign(new RangeError("the source is dry"), { code: "E_DRY" });
      expect(await executor.run(Streams.catches, new Source(20, failure))).toEqual({
        seen: Array.from({ length: 20 }, (_, n) => n + 1),
        name: "RangeError",
        message: "the source is dry",
        code: "E_DRY",
      });
      const future = executor.submit(Streams.sumOf, new Source(1, new TypeError("unhandled")));
      expect(await future.exception()).toMatchObject({ name: "TypeError", message: "unhandled" });
    });

    test("are read only when the task asks, and only so far ahead", async () => {
      const executor = bench.shared();
      const gate = bench.scratch.gate();
      const source = new Source(40_000);
      const future = executor.submit(Streams.readsLater, gate.path, source);
      await gate.whenReached();
      expect(source.drawn).toBe(0);
      gate.open();
      expect(await future.result()).toBe(40_000);
    });

    test("abort() interrupts a task that waits for an item, and closes the source", async () => {
      const executor = bench.shared();
      const gate = bench.scratch.gate();
      let closed = 0;
      const source: AsyncIterable<number> = {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => undefined),
          return() {
            closed += 1;
            return Promise.resolve({ done: true as const, value: undefined });
          },
        }),
      };
      // In this thread the task waits for the source itself, which nothing can interrupt.
      const killAfterMs = subject.sharesMemory ? 20 : Infinity;
      const future = executor.with({ killAfterMs }).submit(Streams.waitsForItem, gate.path, source);
      await gate.whenReached();
      future.abort(new Error("enough"));
      await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
      if (!subject.sharesMemory) await until(() => closed === 1);
    });

    if (subject.queues) {
      test("of a call that never begins are not touched", async () => {
        const { executor, gate } = await bench.busyExecutor();
        const source = new Source(3);
        const future = executor.submit(Streams.sumOf, source);
        expect(future.cancel()).toBe(true);
        gate.open();
        await executor.shutdown();
        expect([source.drawn, source.ends]).toEqual([0, []]);
      });
    }

    if (!subject.sharesMemory) {
      test("an item that cannot be sent is an error inside the task, with its place", async () => {
        const executor = bench.shared(1);
        let closed = false;
        async function* items(): AsyncGenerator<unknown, void> {
          try {
            for (let n = 0; ; n += 1) {
              yield await Promise.resolve(n === 3 ? { list: [() => 1] } : n);
            }
          } finally {
            closed = true;
          }
        }
        const caught = await executor.run(Streams.catches, items());
        expect(caught).toMatchObject({ seen: [0, 1, 2], code: "CONCUR_NOT_SERIALIZABLE" });
        expect(caught.message).toContain("an item of args[0].list[0] is a function");
        expect(closed).toBe(true);
        expect(await executor.run(Tasks.power, 2, 2)).toBe(4);
      });
    }
  });
}
