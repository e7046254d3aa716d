import { describe, expect, test } from "@jest/globals";
import {
  AsyncExecutor,
  BrokenExecutorError,
  importTasks,
  inlineTask,
  InvalidStateError,
} from "../../src/index.js";
import * as Nesting from "../fixtures/nesting-tasks.mjs";
import { printed, runProgram } from "../support/run-program.js";
import {
  benches,
  letGo,
  ProcessBench,
  sharedCells,
  ThreadBench,
  whenBegun,
} from "../support/bench.js";

interface Doubling {
  double(n: number): number;
}

function tasksOf<T>(name: string): ReturnType<typeof importTasks<T>> {
  return importTasks<T>(new URL(`../fixtures/${name}`, import.meta.url));
}

const refusal = {
  name: "InvalidStateError",
  code: "CONCUR_INVALID_STATE",
  message: expect.stringMatching(/^[^\n]*module of their own[^\n]*isMainThread[^\n]*$/) as unknown,
};

describe.each(benches)("a module that a %s loads", (_kind, Bench) => {
  const bench = new Bench();

  test.each(["submit", "with", "when-ready", "map", "stream", "broadcast", "after-await"])(
    "[U7] cannot hand in calls (%s), and the call that it was loaded for says so",
    async (way) => {
      const executor = bench.shared();
      const { double } = tasksOf<Doubling>(`submits-at-import.mjs?${way}`);
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const error = await executor.submit(double, 1).exception();
        expect(error).toBeInstanceOf(InvalidStateError);
        expect(error).toMatchObject(refusal);
      }
    },
  );

  test("[U7] cannot in CommonJS, nor where it is imported by another that has waited", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 2 });
    for (const name of ["submits-at-import.cjs", "submits-below-await.mjs"]) {
      const { double } = tasksOf<Doubling>(name);
      expect(await executor.submit(double, 1).exception()).toMatchObject(refusal);
    }
  });

  test("[U7] cannot as that of an initializer, which breaks the executor", async () => {
    const { double } = tasksOf<Doubling>("submits-at-import.mjs");
    const executor = bench.executor({ initializer: double, initializerArgs: [1] });
    const error = await executor.submit(double, 1).exception();
    expect(error).toBeInstanceOf(BrokenExecutorError);
    expect(error).toMatchObject({ cause: refusal });
  });

  test("[U7] may make an executor that its tasks use, also in listeners from then", async () => {
    const executor = bench.executor();
    expect(await executor.run(Nesting.nested, 21)).toBe(42);
    expect(await executor.run(Nesting.nestedInListener, 4)).toBe(8);
  });
});

describe("a module that a thread loads", () => {
  const bench = new ThreadBench();

  test("[U7] does not keep a task beside it from its own executor", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 2 });
    const cells = sharedCells(2);
    await executor.run(
      inlineTask((held: Int32Array) => {
        Object.assign(globalThis, { heldAtImport: held });
      }),
      cells,
    );
    const nested = executor.submit(Nesting.nestedWhile, cells, 3);
    const { loaded } = tasksOf<{ loaded(): string }>("held-at-import.mjs");
    const held = executor.submit(loaded);
    try {
      await whenBegun(cells);
      expect(await nested.result()).toBe(6);
    } finally {
      letGo(cells);
    }
    expect(await held.result()).toBe("loaded");
  });
});

describe("a module that is not there, as where a bundler has written another machine's path", () => {
  const bench = new ThreadBench();
  const processBench = new ProcessBench();
  const told = {
    name: "TypeError",
    message: expect.stringMatching(
      /^the module of the task, file:\/\/\/build\/src\/tasks\.c?js, is not there; [^\n]*import\.meta\.url[^\n]*an entry of their own[^\n]*importTasks[^\n]*$/,
    ) as unknown,
    cause: { code: expect.stringMatching(/MODULE_NOT_FOUND$/) as unknown },
  };

  test.each(["tasks.js", "tasks.cjs"])("[U7] is named with what to do: %s", async (name) => {
    const { double } = importTasks<Doubling>(`file:///build/src/${name}`);
    const executors = [bench.shared(), processBench.shared(), new AsyncExecutor()];
    for (const executor of executors) {
      expect(await executor.submit(double, 1).exception()).toMatchObject(told);
    }
  });

  test("[U7] is not confused with one that it imports", async () => {
    const { double } = tasksOf<Doubling>("imports-nothing.mjs");
    const error = await bench.shared().submit(double, 1).exception();
    expect(error).toMatchObject({ code: "ERR_MODULE_NOT_FOUND" });
    expect((error as Error).message).toContain("not-there.mjs");
  });
});

describe("a program whose main file has the tasks", () => {
  test.each(benches)(
    "[U7] fails where every %s would start it again",
    async (_kind, { Executor }) => {
      expect(await runProgram("thread/runs-itself.mjs", [], [Executor.name])).toEqual(
        printed("InvalidStateError CONCUR_INVALID_STATE"),
      );
    },
  );

  test("[U7] works when only the main thread submits", async () => {
    expect(await runProgram("thread/runs-itself-guarded.mjs")).toEqual(printed("42"));
  });
});
