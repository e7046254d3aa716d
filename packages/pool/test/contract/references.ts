import { describe, expect, test } from "@jest/globals";
import { importTasks, inlineTask, type Task } from "../../src/index.js";
import type * as Tasks from "../fixtures/tasks.mjs";
import type { Workbench } from "./workbench.js";

const tasksUrl = new URL("../fixtures/tasks.mjs", import.meta.url);
const missingUrl = new URL("../fixtures/no-such-module.mjs", import.meta.url);
const brokenUrl = new URL("../fixtures/broken-module.mjs", import.meta.url);

/** What two fixtures have on their default exports. */
interface DefaultExport {
  readonly double: (n: number) => number;
  readonly thisOf: () => string;
}

/** References as a caller without types may make them: to any name. */
type AnyTasks = Record<string, () => unknown>;

function referTo(name: string): Task<[], unknown> {
  const task = importTasks<AnyTasks>(tasksUrl)[name];
  if (task === undefined) throw new Error(`no reference to '${name}'`);
  return task;
}

export function describeReferences(bench: Workbench): void {
  describe("a task named by importTasks()", () => {
    test("[U7] is found by the module and the name of the export", async () => {
      const executor = bench.shared();
      const { power, delayed, describeTask } = importTasks<typeof Tasks>(tasksUrl);
      expect(await executor.run(power, 2, 8)).toBe(256);
      expect(await executor.run(delayed, 7, 1)).toBe(7);
      expect(await executor.map(power, [1, 2, 3], [2, 2, 2]).toArray()).toEqual([1, 4, 9]);
      expect(await executor.run(describeTask)).toMatchObject({ name: "describeTask" });
    });

    test("[U7] is found by a path or a URL in a string as well", async () => {
      const executor = bench.shared();
      for (const module of [tasksUrl.href, tasksUrl.pathname]) {
        expect(await executor.run(importTasks<typeof Tasks>(module).power, 3, 2)).toBe(9);
      }
    });

    test.each(["unforeseen.cjs", "default-export.mjs"])(
      "[U7] is found on the default export of %s, and has no `this` there",
      async (file) => {
        const executor = bench.executor();
        const module = new URL(`../fixtures/${file}`, import.meta.url);
        const { double, thisOf } = importTasks<DefaultExport>(module);
        expect(await executor.run(double, 21)).toBe(42);
        expect(await executor.map(double, [1, 2]).toArray()).toEqual([2, 4]);
        expect(await executor.run(thisOf)).toBe("undefined");
      },
    );

    test.each(["default-function.cjs", "default-function.js"])(
      "[U7] is the default export of CommonJS: %s",
      async (file) => {
        const executor = bench.executor();
        const module = new URL(`../fixtures/common/${file}`, import.meta.url);
        const tasks = importTasks<{ default: (n: number) => number }>(module);
        expect(await executor.run(tasks.default, 21)).toBe(42);
      },
    );

    test.each(["compiled-default.cjs", "compiled-default.js"])(
      "[U7] is found on a default export that was compiled to CommonJS: %s",
      async (file) => {
        const executor = bench.executor();
        const module = new URL(`../fixtures/common/${file}`, import.meta.url);
        const { double } = importTasks<Pick<DefaultExport, "double">>(module);
        expect(await executor.run(double, 21)).toBe(42);
      },
    );

    test("has no `this` either where it is an inline one, nor in a stream", async () => {
      const executor = bench.executor();
      const thisOf = inlineTask(function (this: unknown) {
        return typeof this;
      });
      const yieldsThis = inlineTask(function* (this: unknown) {
        yield typeof this;
      });
      expect(await executor.run(thisOf)).toBe("undefined");
      for await (const item of executor.stream(yieldsThis)) expect(item).toBe("undefined");
    });

    test.each(["nope", "constructor", "__proto__", "toString", "notAFunction"])(
      "[G4] fails through the future when the module has no function '%s'",
      async (name) => {
        const executor = bench.shared();
        const error = await executor.submit(referTo(name)).exception();
        expect(error).toBeInstanceOf(TypeError);
        expect(error).toMatchObject({ message: expect.stringContaining(`'${name}'`) });
        expect(error).toMatchObject({ message: expect.stringContaining("tasks.mjs") });
      },
    );

    test("[G4] fails through the future when its module is missing, and others still run", async () => {
      const executor = bench.shared();
      const error = await executor
        .submit(importTasks<typeof Tasks>(missingUrl).power, 1, 1)
        .exception();
      expect(error).toMatchObject({ message: expect.stringContaining("no-such-module.mjs") });
      expect(await executor.run(importTasks<typeof Tasks>(tasksUrl).power, 1, 1)).toBe(1);
    });

    test("[G4] fails with what its module threw as it was loaded", async () => {
      const executor = bench.shared();
      const error = await executor
        .submit(importTasks<typeof Tasks>(brokenUrl).power, 1, 1)
        .exception();
      expect(error).toMatchObject({ message: "this module cannot be loaded" });
    });
  });
}
