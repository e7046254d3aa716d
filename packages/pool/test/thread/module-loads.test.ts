import { describe, expect, test } from "@jest/globals";
import {
  BrokenExecutorError,
  importTasks,
  inlineTask,
  InvalidStateError,
} from "../../src/index.js";
import * as Nesting from "../fixtures/nesting-tasks.mjs";
import { printed, runProgram } from "../support/run-program.js";
import { benches, letGo, sharedCells, ThreadBench, whenBegun } from "./bench.js";

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
