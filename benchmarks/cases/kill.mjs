import { setTimeout as sleep } from "node:timers/promises";
import { cellsPerWorkers } from "../lib/cells.mjs";
import { check, closePool, repeat, warmPool } from "../lib/measuring.mjs";
import { median } from "../lib/statistics.mjs";

export default {
  id: "kill",
  title: "killing an endless call",
  about:
    "from the kill of a call that never ends to its rejection, and to the next answer of the pool",
  metrics: {
    rejected: { title: "rejected", unit: "ms", better: "lower" },
    ready: { title: "ready again", unit: "ms", better: "lower" },
  },
  cells: (plan) => cellsPerWorkers(plan, [1], {}),
  supports: ({ kills }) => kills !== false,
  async measure(contender, cell, effort) {
    const pool = await warmPool(contender, cell, effort);
    const repetitions = await repeat(effort, async () => {
      const shared = new SharedArrayBuffer(4);
      const { result, kill } = pool.start("endless", shared);
      // Observed from the beginning: a rejection must not be taken for one that nobody handles.
      const outcome = result.then(
        () => "fulfilled",
        () => "rejected",
      );
      while (Atomics.load(new Int32Array(shared), 0) === 0) await sleep(1);
      const start = performance.now();
      kill();
      check((await outcome) === "rejected", "an endless call ended");
      const rejected = performance.now() - start;
      check((await pool.run("echo", 7)) === 7, "after a kill");
      return { rejected, ready: performance.now() - start };
    });
    await closePool(pool);
    return {
      rejected: median(repetitions.map(({ rejected }) => rejected)),
      ready: median(repetitions.map(({ ready }) => ready)),
    };
  },
};
