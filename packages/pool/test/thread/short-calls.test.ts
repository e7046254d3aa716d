import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { inlineTask, type ThreadPoolExecutor } from "../../src/index.js";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { letGo, sharedCells, ThreadBench, whenBegun } from "../support/bench.js";

const noCells = sharedCells(1);
/** Takes 0.2 ms, and counts that it has ended. */
const workFor = inlineTask((ended: Int32Array) => {
  const end = performance.now() + 0.2;
  while (performance.now() < end);
  Atomics.add(ended, 0, 1);
});
/** Lets a timer keep the thread at its next turn, as `waitFor` does. */
const holdLoop = inlineTask((held: Int32Array) => {
  setTimeout(() => {
    Atomics.store(held, 0, 1);
    Atomics.wait(held, 1, 0);
  }, 0);
});

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

  test.each([40, 28, 26, 25])(
    "[S8] results arrive while something else keeps the worker's event loop (of %d calls)",
    async (count) => {
      const executor = bench.executor({ maxWorkers: 1 });
      await executor.map(workFor, Array(50).fill(noCells)).toArray();
      // Where all calls have ended before the event loop got its turn, nothing was kept, and it is tried again.
      let due: number;
      do {
        const held = sharedCells(2);
        const ended = sharedCells(1);
        const futures = [executor.submit(holdLoop, held)];
        for (let n = 1; n < count; n += 1) futures.push(executor.submit(workFor, ended));
        await whenBegun(held);
        due = 1 + (ended[0] ?? 0);
        while (futures.filter((future) => future.done()).length < due) await sleep(1);
        letGo(held);
        await Promise.all(futures.map((future) => future.result()));
      } while (due === count);
      expect(due).toBeLessThan(count);
    },
  );

  test("[S8] every worker gets one when all turn out long", async () => {
    const executor = bench.executor({ maxWorkers: 3 });
    await makeShort(executor);
    const gates = Array.from({ length: 3 }, () => sharedCells(2));
    const futures = gates.map((gate) => executor.submit(Tasks.waitFor, gate));
    // A call that ends has not begun as it should, and says why.
    const ended = Promise.race(futures.map((future) => future.result()));
    for (const gate of gates) await Promise.race([whenBegun(gate), ended]);
    for (const gate of gates) letGo(gate);
    const threads = await Promise.all(futures.map((future) => future.result()));
    expect(new Set(threads).size).toBe(3);
  });
});
