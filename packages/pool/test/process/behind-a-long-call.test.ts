import { describe, expect, test } from "@jest/globals";
import { wait } from "../../src/index.js";
import * as Others from "../fixtures/process-tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches } from "../support/bench.js";

describe.each(benches)("calls of a %s behind one that takes long", (_kind, Bench) => {
  const bench = new Bench();

  describe.each([1, 4])("with %d calls at once in each worker", (concurrencyPerWorker) => {
    test.each([
      ["of another task", false],
      ["of the same task, which was always short", true],
    ])("are done by a free worker: those %s", async (_which, isSame) => {
      const executor = bench.executor({ maxWorkers: 2, concurrencyPerWorker });
      const closed = bench.scratch.gate();
      const opened = bench.scratch.gate();
      opened.open();
      const short = (): Promise<unknown> =>
        isSame ? executor.run(Tasks.holdAt, opened.path) : executor.run(Others.who);
      // How long both take is known then, as far as it can be.
      for (let round = 0; round < 4; round += 1) {
        await Promise.all(Array.from({ length: 100 }, short));
      }
      const long = executor.submit(Tasks.holdAt, closed.path);
      const shorts = Array.from({ length: 500 }, () =>
        isSame ? executor.submit(Tasks.holdAt, opened.path) : executor.submit(Others.who),
      );
      const { notDone } = await wait(shorts);
      expect(notDone.size).toBe(0);
      expect(long.done()).toBe(false);
      closed.open();
      await long.result();
      expect(executor.stats()).toMatchObject({ completed: 901, failed: 0, pending: 0, running: 0 });
    });
  });

  test("can be aborted, cancelled or lost with their worker meanwhile, and end once", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const gate = bench.scratch.gate();
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(Array.from({ length: 100 }, () => executor.run(Others.who)));
    }
    const long = executor.submit(Tasks.holdAt, gate.path);
    const shorts = Array.from({ length: 400 }, () => executor.submit(Others.who));
    shorts.forEach((future, n) => {
      if (n % 5 === 0) future.abort("not wanted");
      if (n % 5 === 1) future.cancel();
    });
    await wait(shorts);
    long.abort("enough");
    await wait([long]);
    const { completed, failed, cancelled } = executor.stats();
    expect(completed + failed + cancelled).toBe(801);
    expect(await executor.run(Others.who)).toBeGreaterThan(0);
  });
});
