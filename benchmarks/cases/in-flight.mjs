import { cellsPerWorkers } from "../lib/cells.mjs";
import { check, closePool, repeat, timed, warmPool } from "../lib/measuring.mjs";
import { median } from "../lib/statistics.mjs";

const WINDOWS = [64, 1024];
const PROBE = 2000;
const REPETITIONS = 3;

async function runWindow(pool, window, total) {
  let issued = 0;
  let sum = 0;
  const loop = async () => {
    while (issued < total) {
      const i = issued++;
      // Awaited first: `sum += await …` would read the sum before the call.
      const result = await pool.run("echo", i);
      sum += result;
    }
  };
  await Promise.all(Array.from({ length: window }, loop));
  check(sum === (total * (total - 1)) / 2, `${window} in flight`);
}

export default {
  id: "in-flight",
  title: "in flight",
  about: "64 or 1024 loops, each of which awaits one call after the other",
  metrics: Object.fromEntries(
    WINDOWS.map((window) => [
      `n${window}`,
      { title: `${window} in flight`, unit: "/s", better: "higher" },
    ]),
  ),
  cells: (plan) => cellsPerWorkers(plan, plan.quick ? [2] : [1, 2, 4], { windows: WINDOWS }),
  async measure(contender, cell, effort) {
    const pool = await warmPool(contender, cell, effort);
    const rates = {};
    for (const window of cell.windows) {
      const run = (total) => timed(() => runWindow(pool, window, total));
      // The number of calls is fixed before the clock starts: looking at a clock in each loop would cost as much as
      // a fast call.
      const perMs = PROBE / (await run(PROBE));
      const total = Math.max(PROBE, Math.ceil((perMs * effort.timedMs) / REPETITIONS));
      await run(total);
      const times = await repeat({ minRepetitions: REPETITIONS, timedMs: 0 }, () => run(total));
      rates[`n${window}`] = total / (median(times) / 1000);
    }
    await closePool(pool);
    return rates;
  },
};
