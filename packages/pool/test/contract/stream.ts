import { describe, expect, test } from "@jest/globals";
import {
  BrokenExecutorError,
  CancelledError,
  ExecutorShutdownError,
  TimeoutError,
  type StreamIterator,
} from "../../src/index.js";
import * as Streams from "../fixtures/stream-tasks.mjs";
import * as Tasks from "../fixtures/tasks.mjs";
import { countedSince } from "../support/kept-executors.js";
import { until } from "../support/until.js";
import type { Workbench } from "./workbench.js";

/** Reads a stream to its end, or to its failure. */
async function readAll<Y>(stream: AsyncIterable<Y>): Promise<{ items: Y[]; error?: unknown }> {
  const items: Y[] = [];
  try {
    for await (const item of stream) items.push(item);
  } catch (error) {
    return { items, error };
  }
  return { items };
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, n) => n + 1);
}

export function describeStream(bench: Workbench): void {
  const { subject } = bench;

  describe("stream()", () => {
    test.each([0, 1, 3, 16, 17, 5000])("gives all %d items in order, and ends", async (last) => {
      const executor = bench.shared();
      const counted = countedSince(executor);
      const stream = executor.stream(Streams.countTo, last);
      expect(await readAll(stream)).toEqual({ items: upTo(last) });
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      expect(counted()).toMatchObject({ completed: 1, running: 0, pending: 0 });
    });

    test("takes async generators, iterables, promises of iterables, and promises as items", async () => {
      const executor = bench.shared();
      expect(await readAll(executor.stream(Streams.countSlowly, 5, 1))).toEqual({
        items: upTo(5),
      });
      const abc = { items: ["a", "b", "c"] };
      expect(await readAll(executor.stream(Streams.listOf, "a", "b", "c"))).toEqual(abc);
      expect(await readAll(executor.stream(Streams.laterListOf, "a", "b", "c"))).toEqual(abc);
      expect(await readAll(executor.stream(Streams.promises, "a", "b", "c"))).toEqual(abc);
    });

    test("hands items on as they come, and not at the end", async () => {
      const executor = bench.shared();
      const gate = bench.scratch.gate();
      const stream = executor.stream(Streams.waitsDeaf, gate.path);
      expect(await stream.next()).toEqual({ done: false, value: 1 });
      gate.open();
      expect(await stream.next()).toEqual({ done: false, value: 2 });
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    });

    test("answers calls of next() that came before the items, in order", async () => {
      const executor = bench.shared();
      const stream = executor.stream(Streams.countSlowly, 3, 2);
      const results = await Promise.all([1, 2, 3, 4, 5].map(() => stream.next()));
      expect(results.map(({ value }) => value)).toEqual([1, 2, 3, undefined, undefined]);
    });

    test("fails through next() where the task makes no stream", async () => {
      const { items, error } = await readAll(bench.shared().stream(Streams.noStream));
      expect(items).toEqual([]);
      expect(error).toMatchObject({ name: "TypeError" });
    });

    test.each([
      ["sync", Streams.failAfter],
      ["async", Streams.failLater],
    ] as const)("rejects after the items with what a %s generator threw", async (_kind, task) => {
      const executor = bench.shared();
      const counted = countedSince(executor);
      const stream = executor.stream(task, 20, "no more");
      const { items, error } = await readAll(stream);
      expect(items).toEqual(upTo(20));
      expect(error).toMatchObject({ name: "RangeError", message: "no more" });
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      expect(counted()).toMatchObject({ failed: 1 });
    });

    test.each([1, 2, 5])("runs no more than bufferSize %d ahead of its reader", async (size) => {
      const executor = bench.shared();
      const log = bench.scratch.log();
      const patient = executor.with({ bufferSize: size, killAfterMs: Infinity });
      const stream = patient.stream(Streams.logged, log.path, 50);
      for (let read = 0; read < 20; read += 1) {
        const begun = log.lines.filter((line) => line !== "").length;
        expect(begun).toBeLessThanOrEqual(read + size);
        await stream.next();
      }
      await until(() => log.lines.length >= 20);
      await stream.return();
      expect(log.lines.at(-1)).toBe("finally");
    });

    test("without a reader stops after a small number of items, and holds nobody up", async () => {
      const patient = bench.shared().with({ killAfterMs: Infinity });
      const log = bench.scratch.log();
      const stream = patient.stream(Streams.logged, log.path, 100_000);
      await stream.next();
      await until(() => log.lines.length > 1);
      await stream.return();
      expect(log.lines.length).toBeLessThanOrEqual(65);
    });

    test.each([
      ["sync", Streams.logged],
      ["async", Streams.loggedLater],
    ] as const)("leaving a loop runs the finally of a %s generator", async (_kind, task) => {
      const executor = bench.shared();
      const counted = countedSince(executor);
      const log = bench.scratch.log();
      const patient = executor.with({ killAfterMs: Infinity });
      const stream = patient.stream(task, log.path, 100_000);
      const seen: number[] = [];
      for await (const item of stream) {
        seen.push(item);
        if (item === 3) break;
      }
      expect(seen).toEqual([1, 2, 3]);
      expect(log.lines.at(-1)).toBe("finally");
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      expect(counted()).toMatchObject({ running: 0, cancelled: 1 });
    });

    test("a body that throws ends the generator, too", async () => {
      const patient = bench.shared().with({ killAfterMs: Infinity });
      const log = bench.scratch.log();
      const reading = (async () => {
        for await (const item of patient.stream(Streams.logged, log.path, 1000)) {
          if (item === 2) throw new Error("of the body");
        }
      })();
      await expect(reading).rejects.toThrow("of the body");
      expect(log.lines.at(-1)).toBe("finally");
    });

    test("throw() ends the generator and rejects with the reason", async () => {
      const patient = bench.shared().with({ killAfterMs: Infinity });
      const log = bench.scratch.log();
      const stream = patient.stream(Streams.logged, log.path, 1000);
      await stream.next();
      await expect(stream.throw(new Error("thrown in"))).rejects.toThrow("thrown in");
      expect(log.lines.at(-1)).toBe("finally");
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    });

    test("await using ends the generator", async () => {
      const patient = bench.shared().with({ killAfterMs: Infinity });
      const log = bench.scratch.log();
      {
        await using stream = patient.stream(Streams.logged, log.path, 1000);
        await stream.next();
      }
      expect(log.lines.at(-1)).toBe("finally");
    });

    test("return() rejects with what the finally throws", async () => {
      const executor = bench.shared();
      const patient = executor.with({ killAfterMs: Infinity });
      const stream = patient.stream(Streams.failsAtEnd, "disk full");
      await stream.next();
      await expect(stream.return()).rejects.toThrow("disk full");
      expect(await stream.return()).toEqual({ done: true, value: undefined });
    });

    test("return() after the end, or again, is no failure", async () => {
      const executor = bench.shared();
      const counted = countedSince(executor);
      const stream = executor.stream(Streams.failAfter, 1, "never asked for");
      await stream.next();
      await until(() => counted().failed === 1);
      expect(await stream.return()).toEqual({ done: true, value: undefined });
      expect(await stream.return()).toEqual({ done: true, value: undefined });
    });

    test("a generator that waits is interrupted by its signal when its reader leaves", async () => {
      const executor = bench.shared();
      const [gate, log] = [bench.scratch.gate(), bench.scratch.log()];
      const patient = executor.with({ killAfterMs: Infinity });
      const stream = patient.stream(Streams.waitsWithSignal, gate.path, log.path);
      await stream.next();
      await gate.whenReached();
      await stream.return();
      expect(log.lines).toEqual(["finally: true"]);
    });

    test("a generator that does not listen is given up when its reader leaves", async () => {
      const executor = bench.shared(1);
      const gate = bench.scratch.gate();
      const stream = executor.with({ killAfterMs: 20 }).stream(Streams.waitsDeaf, gate.path);
      await stream.next();
      await gate.whenReached();
      expect(await stream.return()).toEqual({ done: true, value: undefined });
      expect(await executor.run(Tasks.power, 2, 2)).toBe(4);
    });

    test("a signal aborts it: next() rejects, and the finally runs", async () => {
      const executor = bench.shared();
      const [gate, log] = [bench.scratch.gate(), bench.scratch.log()];
      const controller = new AbortController();
      const stream = executor
        .with({ signal: controller.signal, killAfterMs: Infinity })
        .stream(Streams.waitsWithSignal, gate.path, log.path);
      await stream.next();
      await gate.whenReached();
      const next = stream.next();
      const reason = new Error("enough");
      controller.abort(reason);
      const error = await next.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CancelledError);
      expect(error).toHaveProperty("cause", reason);
      expect(log.lines).toEqual(["finally: true"]);
    });

    test("timeoutMs limits all of it", async () => {
      const executor = bench.shared();
      const counted = countedSince(executor);
      const stream = executor.with({ timeoutMs: 40 }).stream(Streams.countSlowly, 100_000, 5);
      const { items, error } = await readAll(stream);
      expect(error).toBeInstanceOf(TimeoutError);
      expect(items).toEqual(upTo(items.length));
      expect(counted()).toMatchObject({ failed: 1, running: 0 });
    });

    test("a signal that has aborted already cancels it", async () => {
      const executor = bench.shared();
      const bound = executor.with({ signal: AbortSignal.abort() });
      const { items, error } = await readAll(bound.stream(Streams.countTo, 3));
      expect([items, error]).toEqual([[], expect.any(CancelledError)]);
    });

    test("[R12] currentTask() knows the call in every step", async () => {
      const executor = bench.shared();
      const { items } = await readAll(executor.with({ name: "mine" }).stream(Streams.names, 5));
      expect(items).toEqual(Array(5).fill("mine"));
    });

    test("several at once are read side by side", async () => {
      const executor = bench.shared(4);
      const [first, second] = await Promise.all([
        readAll(executor.stream(Streams.countTo, 300)),
        readAll(executor.stream(Streams.countSlowly, 20, 1)),
      ]);
      expect([first.items, second.items]).toEqual([upTo(300), upTo(20)]);
    });

    test("shutdown() waits for a stream that is read, and cuts nothing off", async () => {
      const executor = bench.executor();
      const reading = readAll(executor.stream(Streams.countSlowly, 20, 1));
      await executor.shutdown();
      expect(await reading).toEqual({ items: upTo(20) });
      expect(() => executor.stream(Streams.countTo, 1)).toThrow(ExecutorShutdownError);
    });

    test("terminateWorkers() ends it", async () => {
      const executor = bench.executor();
      const gate = bench.scratch.gate();
      const stream = executor.stream(Streams.waitsDeaf, gate.path);
      await stream.next();
      await gate.whenReached();
      const failure = stream.next().catch((error: unknown) => error);
      await executor.terminateWorkers();
      expect(await failure).toBeInstanceOf(BrokenExecutorError);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    });

    if (subject.queues) {
      test("waits for its turn, and can be left or cancelled before it", async () => {
        const { executor, gate } = await bench.busyExecutor();
        const log = bench.scratch.log();
        const left = executor.stream(Streams.logged, log.path, 3);
        const cancelled = executor.stream(Streams.logged, log.path, 3);
        expect(executor.stats()).toMatchObject({ running: 1, pending: 2 });
        expect(await left.return()).toEqual({ done: true, value: undefined });
        const failure = cancelled.next().catch((error: unknown) => error);
        const ended = executor.shutdown({ cancelFutures: true });
        expect(await failure).toBeInstanceOf(CancelledError);
        gate.open();
        await ended;
        expect(log.lines).toEqual([]);
        expect(executor.stats()).toMatchObject({ completed: 1, cancelled: 2 });
      });

      test("begins by its priority, among other calls", async () => {
        const { executor, gate } = await bench.busyExecutor();
        const log = bench.scratch.log();
        const low = executor.submit(Tasks.log, log.path, "low");
        const stream: StreamIterator<number> = executor
          .with({ priority: 1 })
          .stream(Streams.logged, log.path, 1);
        const reading = readAll(stream);
        gate.open();
        await Promise.all([low.result(), reading]);
        expect(log.lines).toEqual(["1", "finally", "low"]);
      });
    }

    if (!subject.sharesMemory) {
      test("an item that cannot be sent fails the stream, with its place, after those before it", async () => {
        const executor = bench.shared(1);
        const log = bench.scratch.log();
        const { items, error } = await readAll(executor.stream(Streams.unsendableAt, 30, log.path));
        expect(items).toEqual(upTo(29).map((n) => ({ n })));
        expect(error).toMatchObject({ code: "CONCUR_NOT_SERIALIZABLE" });
        expect(error).toHaveProperty(
          "message",
          expect.stringContaining("an item.list[0].callback is a function"),
        );
        expect(log.lines).toEqual(["finally"]);
        expect(await executor.run(Tasks.power, 2, 2)).toBe(4);
      });
    }
  });
}
