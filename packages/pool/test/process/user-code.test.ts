import { afterEach, describe, expect, test } from "@jest/globals";
import {
  type Future,
  ProcessPoolExecutor,
  type ProcessPoolExecutorOptions,
} from "../../src/index.js";
import * as Tasks from "../fixtures/process-tasks.mjs";
import * as Streams from "../fixtures/thread-tasks.mjs";
import { keptExecutor } from "../support/kept-executors.js";
import { ProcessBench } from "../support/bench.js";

/** What code of a program may do in the middle of the engine's work. */
class Scene {
  readonly futures: Future<unknown>[] = [];
  end: Promise<void> | undefined;
  readonly #wanted: unknown[] = [];

  constructor(
    readonly executor: ProcessPoolExecutor,
    readonly isShared: boolean,
  ) {}

  submit(id: number): Future<unknown> {
    const sent = { id, list: [id] };
    const future = this.executor.submit(Tasks.echo, sent);
    this.futures.push(future);
    this.#wanted.push(sent);
    return future;
  }

  /** Waits for all ends, of the executor too. @returns What is not as it has to be: a call with another's value, say. */
  async untruths(): Promise<unknown[]> {
    for (let known = -1; known !== this.futures.length;) {
      known = this.futures.length;
      for (const future of this.futures) await future.exception().catch(() => undefined);
    }
    const found: unknown[] = this.futures.flatMap(({ outcome }, n) =>
      outcome?.status === "fulfilled" &&
      JSON.stringify(outcome.value) !== JSON.stringify(this.#wanted[n])
        ? [{ wanted: this.#wanted[n], given: outcome.value }]
        : [],
    );
    if (this.end === undefined) {
      const later = await this.executor.run(Tasks.echo, "later");
      if (later !== "later") found.push(later);
      if (!this.isShared) await this.executor.shutdown();
    }
    await this.end;
    const { workers, pending, running } = this.executor.stats();
    if ((this.isShared ? 0 : workers) + pending + running > 0) found.push(this.executor.stats());
    return found;
  }
}

type Deed = (scene: Scene) => void;

/** What each deed is called, what it does, and whether others can use the executor after it. */
const DEEDS: [string, Deed, boolean][] = [
  [
    "hands in a thousand calls",
    (scene) => Array.from({ length: 1000 }, (_, n) => scene.submit(n)),
    true,
  ],
  [
    "aborts many",
    ({ futures }) => futures.slice(0, 40).forEach((future) => future.abort("enough")),
    true,
  ],
  ["cancels all", ({ futures }) => futures.forEach((future) => future.cancel()), true],
  ["kills the workers", (scene) => (scene.end = scene.executor.killWorkers()), false],
  ["shuts down", (scene) => (scene.end = scene.executor.shutdown({ cancelFutures: true })), false],
];

const OPTIONS: ProcessPoolExecutorOptions[] = [
  { maxWorkers: 1, killAfterMs: 0 },
  { maxWorkers: 1, concurrencyPerWorker: 4, killAfterMs: 0 },
];

describe.each(OPTIONS)("with %j, code that", (options) => {
  const bench = new ProcessBench();
  /** What happens when a worker of the executor prints a line. */
  const told: (() => void)[] = [];

  /**
   * Gives an executor that knows how long its calls take, so that several share a frame. One that the deed leaves as it was is
   * shared: to start a process takes longer than all that a test does.
   */
  async function scene(isShared: boolean): Promise<Scene> {
    const all = { ...options, onConsole };
    const executor = isShared
      ? keptExecutor(JSON.stringify(options), () => new ProcessPoolExecutor(all))
      : bench.executor(all);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 100 }, () => executor.run(Tasks.echo, { list: [] })));
    }
    return new Scene(executor, isShared);
  }

  function onConsole(): void {
    for (const act of told) act();
  }

  afterEach(() => {
    told.length = 0;
  });

  /** Lets a deed be done once. */
  function once(deed: Deed, on: Scene): () => void {
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      deed(on);
    };
  }

  test.each(DEEDS)(
    "is told of an end and %s leaves no call without its own",
    async (_what, deed, isShared) => {
      const on = await scene(isShared);
      for (let n = 0; n < 100; n += 1) on.submit(n);
      on.futures[20]?.addDoneCallback(once(deed, on));
      expect(await on.untruths()).toEqual([]);
    },
  );

  test.each(DEEDS)(
    "is told of a refusal and %s leaves no call without its own",
    async (_what, deed, isShared) => {
      const on = await scene(isShared);
      for (let n = 0; n < 50; n += 1) on.submit(n);
      const refused = on.executor.submit(Tasks.echo, { list: [() => 0] });
      refused.addDoneCallback(once(deed, on));
      for (let n = 50; n < 100; n += 1) on.submit(n);
      expect(await on.untruths()).toEqual([]);
    },
  );

  test.each(DEEDS)(
    "is asked for a property and %s leaves no call without its own",
    async (_what, deed, isShared) => {
      const on = await scene(isShared);
      for (let n = 0; n < 50; n += 1) on.submit(n);
      const act = once(deed, on);
      const trap = {
        list: [],
        get id() {
          act();
          return "trap";
        },
      };
      on.executor.submit(Tasks.echo, trap);
      on.executor.submit(
        Tasks.echo,
        Object.defineProperty({}, "id", { get: () => trap.id, enumerable: true }),
      );
      for (let n = 50; n < 100; n += 1) on.submit(n);
      expect(await on.untruths()).toEqual([]);
    },
  );

  test.each(DEEDS)(
    "is told of progress and %s leaves no call without its own",
    async (_what, deed, isShared) => {
      const on = await scene(isShared);
      for (let n = 0; n < 50; n += 1) on.submit(n);
      const reporting = on.executor.submit(Streams.reportBurst, 3);
      reporting.onProgress(once(deed, on));
      for (let n = 50; n < 100; n += 1) on.submit(n);
      // What it tells is told before its end.
      await reporting.exception().catch(() => undefined);
      expect(await on.untruths()).toEqual([]);
    },
  );

  test.each(DEEDS)(
    "is given a line and %s leaves no call without its own",
    async (_what, deed, isShared) => {
      const on = await scene(isShared);
      told.push(once(deed, on));
      for (let n = 0; n < 50; n += 1) on.submit(n);
      const printing = on.executor.submit(Tasks.print, "a line");
      for (let n = 50; n < 100; n += 1) on.submit(n);
      await printing.exception().catch(() => undefined);
      expect(await on.untruths()).toEqual([]);
    },
  );
});
