import { describe, expect, test } from "@jest/globals";
import type { ThreadPoolExecutor } from "../../src/index.js";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { letGo, sharedCells, ThreadBench, whenBegun } from "./bench.js";

/** Calls a task so often without having to wait in it that it is known as one that takes next to no time. */
async function makeShort(executor: ThreadPoolExecutor): Promise<void> {
  const open = sharedCells(2);
  letGo(open);
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(Array.from({ length: 50 }, () => executor.run(Tasks.waitFor, open)));
  }
}

function passThrough(executor: ThreadPoolExecutor, count: number): Promise<number[]> {
  return Promise.all(
    Array.from({ length: count }, () => {
      const open = sharedCells(2);
      letGo(open);
      return executor.run(Tasks.waitFor, open);
    }),
  );
}

describe("calls that are known to be short, and one that is not", () => {
  const bench = new ThreadBench();

  test("[S8] what lies behind it goes to a worker that has nothing to do", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    await makeShort(executor);
    const gate = sharedCells(2);
    const long = executor.submit(Tasks.waitFor, gate);
    const threads = await passThrough(executor, 20);
    expect(long.done()).toBe(false);
    letGo(gate);
    expect(new Set(threads)).not.toContain(await long.result());
  });

  test("[S8] calls that come later are not kept behind it either", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    await makeShort(executor);
    const gate = sharedCells(2);
    const long = executor.submit(Tasks.waitFor, gate);
    await whenBegun(gate);
    for (let round = 0; round < 20; round += 1) await passThrough(executor, 3);
    expect(long.done()).toBe(false);
    letGo(gate);
    await long.result();
  });

  test("[S8] results of calls before it arrive while it runs", async () => {
    const executor = bench.executor({ maxWorkers: 1 });
    await makeShort(executor);
    const gate = sharedCells(2);
    const before = passThrough(executor, 5);
    const long = executor.submit(Tasks.waitFor, gate);
    const after = passThrough(executor, 5);
    await before;
    expect(long.done()).toBe(false);
    letGo(gate);
    expect(new Set(await after).size).toBe(1);
  });

  test("[S8] every worker gets one when all turn out long", async () => {
    const executor = bench.executor({ maxWorkers: 3 });
    await makeShort(executor);
    const gates = Array.from({ length: 3 }, () => sharedCells(2));
    const futures = gates.map((gate) => executor.submit(Tasks.waitFor, gate));
    for (const gate of gates) await whenBegun(gate);
    for (const gate of gates) letGo(gate);
    const threads = await Promise.all(futures.map((future) => future.result()));
    expect(new Set(threads).size).toBe(3);
  });
});
