import { describe, expect, test } from "@jest/globals";
import { Executor, type ExecutorStats, type Future, type Task, wait } from "../../src/index.js";
import { createFuture } from "../../src/testing.js";
import * as Tasks from "../fixtures/tasks.mjs";
import "../support/future-identity.js";
import { describeBufferedMap } from "./map-buffered.js";
import { describeMap } from "./map.js";
import { describeMapEnds } from "./map-ends.js";
import { describeMapOfFailingInput } from "./map-failing-input.js";
import { describeMapProperties } from "./map-properties.js";
import { Workbench } from "./workbench.js";

/** An executor as somebody else may write it: with what the base class asks for, and no more. */
class NextTurnExecutor extends Executor {
  readonly maxWorkers = 1;
  readonly #futures: Future<unknown>[] = [];

  override submit<A extends unknown[], R>(task: Task<A, R>, ...args: A): Future<Awaited<R>> {
    const { future, start, resolve, reject } = createFuture<Awaited<R>>();
    this.#futures.push(future);
    const call = async (): Promise<void> => {
      if (!start()) return;
      try {
        resolve(await task(...args));
      } catch (error) {
        reject(error);
      }
    };
    setImmediate(() => void call());
    return future;
  }

  override stats(): ExecutorStats {
    const count = (condition: (future: Future<unknown>) => boolean): number =>
      this.#futures.filter(condition).length;
    const running = count((future) => future.running());
    return {
      workers: 1,
      idle: running === 0 ? 1 : 0,
      busy: running === 0 ? 0 : 1,
      pending: count((future) => future.state === "pending"),
      running,
      completed: count((future) => future.outcome?.status === "fulfilled"),
      failed: count((future) => !future.cancelled() && future.outcome?.status === "rejected"),
      cancelled: count((future) => future.cancelled()),
    };
  }

  /** The base class knows of no end; this one waits for its calls. */
  override async shutdown(): Promise<void> {
    await wait(this.#futures);
  }
}

describe("[U5] an executor that implements no more than submit()", () => {
  const bench = new Workbench({
    name: "NextTurnExecutor",
    create: () => new NextTurnExecutor(),
    queues: false,
    sharesMemory: true,
    canKill: false,
  });

  test("[U5] has run()", async () => {
    expect(await bench.executor().run(Tasks.power, 2, 8)).toBe(256);
  });

  test("[U5] has with() for the options of map(), and refuses the others by name", async () => {
    const executor = bench.executor();
    const submitter = executor.with({ bufferSize: 1 }).with({ ordered: true });
    expect(await submitter.run(Tasks.power, 2, 8)).toBe(256);
    expect(await submitter.map(Tasks.power, [2, 3], [2, 2]).toArray()).toEqual([4, 9]);
    const priority = executor.with({ priority: 1 });
    expect(() => priority.submit(Tasks.power, 2, 2)).toThrow("NextTurnExecutor");
    expect(() => priority.submit(Tasks.power, 2, 2)).toThrow("'priority'");
    expect(() => priority.map(Tasks.power, [2], [2])).toThrow(TypeError);
    expect(() => executor.with({ bufferSize: 0 })).toThrow(RangeError);
  });

  test("[H29] may give several items one future, and map() then gives its result for each", async () => {
    class Remembering extends NextTurnExecutor {
      readonly #known = new Map<unknown, Future<unknown>>();

      override submit<A extends unknown[], R>(task: Task<A, R>, ...args: A): Future<Awaited<R>> {
        const known = this.#known.get(args[0]) ?? super.submit(task, ...args);
        this.#known.set(args[0], known);
        return known as Future<Awaited<R>>;
      }
    }
    const executor = new Remembering();
    const items = [1, 2, 1, 1];
    expect(await executor.map(Tasks.identity, items).toArray()).toEqual(items);
    const unordered = executor.with({ ordered: false }).map(Tasks.identity, items);
    expect((await unordered.toArray()).sort()).toEqual([1, 1, 1, 2]);
  });

  test("[U5] has await using", async () => {
    let future: Future<number>;
    {
      await using executor = bench.executor();
      future = executor.submit(Tasks.delayed, 7, 5);
    }
    expect(future.outcome).toEqual({ status: "fulfilled", value: 7 });
  });

  describeMap(bench);
  describeBufferedMap(bench);
  describeMapEnds(bench);
  describeMapOfFailingInput(bench);
  describeMapProperties(bench);
});

describe("the base class", () => {
  test("[G11] cannot be made itself", () => {
    const Base = Executor as unknown as new () => Executor;
    expect(() => new Base()).toThrow(TypeError);
    expect(() => new Base()).toThrow("abstract");
  });

  test("[U5] has nothing to shut down, so its ways to end return", async () => {
    class Idle extends NextTurnExecutor {
      override shutdown(options?: object): Promise<void> {
        return Executor.prototype.shutdown.call(this, options);
      }
    }
    const executor = new Idle();
    await executor.shutdown();
    await executor.terminateWorkers();
    await executor.killWorkers();
    expect(await executor.run(Tasks.power, 2, 2)).toBe(4);
  });
});
