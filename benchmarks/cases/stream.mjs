import { cellsPerWorkers } from "../lib/cells.mjs";
import { check, closePool, repeat, timed, warmPool } from "../lib/measuring.mjs";
import { median } from "../lib/statistics.mjs";

export default {
  id: "stream",
  title: "stream of numbers",
  about: "one stream per worker, of what a generator yields, each read by `for await`",
  metrics: { rate: { title: "items", unit: "items/s", better: "higher" } },
  // No other pool streams; the reference is written by hand, with one message per item.
  supports: ({ streams }) => streams === true,
  cells: (plan) => cellsPerWorkers(plan, [2], { n: plan.quick ? 100_000 : 500_000 }),
  async measure(contender, cell, effort) {
    const pool = await warmPool(contender, cell, effort);
    const read = async () => {
      let sum = 0;
      for await (const item of pool.stream("numbersBelow", cell.n)) sum += item;
      check(sum === (cell.n * (cell.n - 1)) / 2, "stream");
    };
    const readAll = () => Promise.all(Array.from({ length: cell.workers }, read));
    await readAll();
    const times = await repeat(effort, () => timed(readAll));
    await closePool(pool);
    return { rate: (cell.n * cell.workers * 1000) / median(times) };
  },
};
