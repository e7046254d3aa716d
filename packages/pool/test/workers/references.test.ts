import { describe, expect, test } from "@jest/globals";
import { importTasks, inlineTask, WorkerCrashedError, type Task } from "../../src/index.js";
import type * as Algorithms from "../fixtures/algorithms.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches } from "../support/bench.js";

/** References as a caller without types may make them: to any name. */
function referTo(module: string, name: string): Task<[], unknown> {
  const tasks = importTasks<Record<string, () => unknown>>(fixture(module));
  const task = tasks[name];
  if (task === undefined) throw new Error(`no reference to '${name}'`);
  return task;
}

function fixture(name: string): URL {
  return new URL(`../fixtures/${name}`, import.meta.url);
}

describe.each(benches)("a %s finds", (_kind, Bench) => {
  const bench = new Bench();

  test("[U7] [S4] tasks of defineTasks() in their own module", async () => {
    const { url } = await bench.shared().run(Tasks.whereAmI);
    expect(url).toBe(fixture("thread-tasks.mjs").href);
  });

  test("[U7] [G13] exports of a module that knows nothing of this package", async () => {
    const executor = bench.shared();
    const {
      isPrime,
      countPrimes,
      describe: say,
    } = importTasks<typeof Algorithms>(fixture("algorithms.mjs"));
    expect(await executor.run(isPrime, 97)).toBe(true);
    expect(await executor.run(countPrimes, 100)).toBe(25);
    expect(await executor.run(say, "twin")).toBe("twin primes");
  });

  test("[U7] exports of CommonJS, also those that Node cannot foresee", async () => {
    const executor = bench.shared();
    const { double, triple } = importTasks<Record<"double" | "triple", (n: number) => number>>(
      fixture("built-common.cjs").pathname,
    );
    expect(await executor.map(double, [1, 2]).toArray()).toEqual([2, 4]);
    expect(await executor.run(triple, 5)).toBe(15);
  });

  test("[U7] exports of a package built from TypeScript", async () => {
    const executor = bench.shared();
    const url = new URL("../../dist/index.js", import.meta.url);
    const { isConcurError } = importTasks<{ isConcurError: (value: unknown) => boolean }>(url);
    expect(await executor.run(isConcurError, new Error("no"))).toBe(false);
  });

  test.each(["constructor", "__proto__", "hasOwnProperty", "missing", "LIMIT"])(
    "[G4] no function in '%s', unless the module exports one",
    async (name) => {
      const executor = bench.shared();
      for (const module of ["algorithms.mjs", "built-common.cjs"]) {
        const error = await executor.submit(referTo(module, name)).exception();
        expect(error).toBeInstanceOf(TypeError);
        expect(error).toHaveProperty("message", expect.stringContaining(`no function '${name}'`));
      }
    },
  );

  test("[P3] what a module throws as it is loaded, and tries again with the next call", async () => {
    const executor = bench.shared();
    const task = referTo("broken-module.mjs", "any");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = await executor.submit(task).exception();
      expect(error).toHaveProperty("message", "this module cannot be loaded");
    }
    expect(await executor.run(Tasks.sameValue, 1)).toBe(1);
  });

  test("[P2] [P4] its end in a module that ends it: that call fails, and no other", async () => {
    const executor = bench.executor();
    const futures = [0, 1, 2, 3].map(() => executor.submit(referTo("exits-at-import.mjs", "any")));
    const good = executor.submit(Tasks.sameValue, "good");
    for (const future of futures) {
      const error = await future.exception();
      expect(error).toBeInstanceOf(WorkerCrashedError);
      expect(error).toMatchObject({ exitCode: 5, started: true });
    }
    expect(await good.result()).toBe("good");
  });

  test("[J16] no end of a module that never loads, but for the limit of the call", async () => {
    const executor = bench.executor();
    const task = referTo("never-loads.mjs", "unreachable");
    const error = await executor.with({ timeoutMs: 100, killAfterMs: 20 }).submit(task).exception();
    expect(error).toMatchObject({ code: "CONCUR_TIMEOUT" });
    expect(error).toHaveProperty("message", expect.stringContaining("'unreachable'"));
    expect(await executor.run(Tasks.sameValue, 1)).toBe(1);
  });

  test("[U7] no way to read TypeScript without a loader, and says so", async () => {
    const error = await bench.shared().submit(referTo("typed-tasks.ts", "sizeName")).exception();
    // Old Nodes know no such file, newer ones no such syntax.
    expect(error).toHaveProperty("message", expect.stringMatching(/typed-tasks\.ts|TypeScript/));
    expect(error).toHaveProperty("code", expect.stringContaining("ERR_"));
  });

  test("[G3] [O2] no ordinary function, and says what to do", () => {
    const executor = bench.executor();
    function ordinary(): void {
      return;
    }
    for (const fn of [ordinary, ordinary.bind(null), Map]) {
      const submit = (): unknown => executor.submit(fn as unknown as Task<[], void>);
      expect(submit).toThrow(TypeError);
      expect(submit).toThrow(/defineTasks\(\).*importTasks\(\).*inlineTask\(\)/);
    }
    expect(executor.stats()).toMatchObject({ workers: 0, pending: 0 });
  });
});

describe.each(benches)("inlineTask() for a %s", (_kind, Bench) => {
  const bench = new Bench();

  test("[G13] sends a self-contained function, of any way of writing", async () => {
    const executor = bench.shared();
    const holder = {
      method(a: number, b: number) {
        return a - b;
      },
      async later(a: number) {
        return a * 2;
      },
      async *["not a name"](): AsyncGenerator<number> {
        yield 1;
      },
    };
    expect(
      await executor.run(
        inlineTask((a: number, b: number) => a + b),
        2,
        3,
      ),
    ).toBe(5);
    expect(await executor.run(inlineTask(property(holder, "method")), 5, 3)).toBe(2);
    expect(await executor.run(inlineTask(property(holder, "later")), 21)).toBe(42);
    const named = function fib(n: number): number {
      return n < 2 ? n : fib(n - 1) + fib(n - 2);
    };
    expect(await executor.run(inlineTask(named), 10)).toBe(55);
    expect(() => inlineTask(property(holder, "not a name"))).not.toThrow();
  });

  test("[G13] may import, and use the globals", async () => {
    const executor = bench.shared();
    const digest = inlineTask(async (text: string) => {
      const { createHash } = await import("node:crypto");
      return createHash("sha256").update(text).digest("hex").slice(0, 8);
    });
    expect(await executor.run(digest, "abc")).toBe("ba7816bf");
    expect(await executor.run(inlineTask(() => typeof structuredClone))).toBe("function");
  });

  test("[O2] fails through the future when it uses a variable of the place it was written in", async () => {
    const executor = bench.shared();
    const outer = 5;
    const error = await executor.submit(inlineTask(() => outer + 1)).exception();
    expect(error).toBeInstanceOf(ReferenceError);
    expect(error).toHaveProperty(
      "message",
      "outer is not defined: the task was sent as text, and sees nothing of the file where it is written; defineTasks() keeps it there",
    );
    expect(await executor.run(Tasks.sameValue, 1)).toBe(1);
  });

  test("[O2] refuses what has no text", () => {
    expect(() => inlineTask(Math.max)).toThrow(/native and bound functions have no text/);
    expect(() => inlineTask((() => 1).bind(null))).toThrow(TypeError);
  });
});

/** Takes a method off its object, as its text has no need of it. */
function property<T, K extends keyof T>(holder: T, name: K): T[K] {
  return holder[name];
}
