import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "@jest/globals";
import * as Tasks from "../fixtures/tasks.mjs";
import type { Workbench } from "./workbench.js";

export function describeAsyncContext(bench: Workbench): void {
  describe("the async context", () => {
    const storage = new AsyncLocalStorage<string>();

    test("of a callback is the one in which it was added", async () => {
      const executor = bench.shared(1);
      const gate = bench.scratch.gate();
      const future = storage.run("submitter", () => executor.submit(Tasks.gated, gate.path, 1));
      const seen: unknown[] = [];
      const note = (): void => {
        seen.push(storage.getStore());
      };
      storage.run("first", () => future.addDoneCallback(note));
      storage.run("second", () => future.addDoneCallback(note));
      future.addDoneCallback(note);
      gate.open();
      await storage.run("waiting", () => future.result());
      expect(seen).toEqual(["first", "second", undefined]);
      storage.run("late", () => future.addDoneCallback(note));
      expect(seen.at(-1)).toBe("late");
    });

    test("of a listener of progress is the one in which it was added", async () => {
      const executor = bench.shared(1);
      const seen: unknown[] = [];
      const future = executor.submit(Tasks.reportAll, [1, 2]);
      storage.run("listener", () =>
        future.onProgress(() => {
          seen.push(storage.getStore());
        }),
      );
      await future.result();
      expect(new Set(seen)).toEqual(new Set(["listener"]));
    });

    test.each(["a sync", "an async"])(
      "in which map() reads %s input is that of its call",
      async (kind) => {
        const executor = bench.shared(1);
        const seen: unknown[] = [];
        const sync = function* (): Generator<number> {
          for (let n = 0; n < 5; n += 1) {
            seen.push(storage.getStore());
            yield n;
          }
        };
        const slow = async function* (): AsyncGenerator<number> {
          for (const n of sync()) {
            await Promise.resolve();
            yield n;
          }
        };
        const map = storage.run("caller", () =>
          executor.with({ bufferSize: 1 }).map(Tasks.identity, kind === "a sync" ? sync() : slow()),
        );
        await storage.run("reader", async () => {
          for await (const value of map) seen.push(typeof value);
        });
        expect(new Set(seen)).toEqual(new Set(["caller", "number"]));
      },
    );
  });
}
