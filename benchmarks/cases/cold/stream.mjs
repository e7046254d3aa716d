import { cellsPerWorkers } from "../../lib/cells.mjs";
import { coldCase } from "../../lib/cold.mjs";

export const coldStream = coldCase({
  id: "cold-stream",
  title: "cold: stream of numbers",
  about: "100 000 numbers that a generator in a worker yields, read by `for await`",
  supports: ({ streams }) => streams === true,
  cells: (plan) => cellsPerWorkers(plan, [1], { n: plan.quick ? 10_000 : 100_000 }),
  async job(pool, { n }) {
    let sum = 0;
    for await (const item of pool.stream("numbersBelow", n)) sum += item;
    return () => sum === (n * (n - 1)) / 2;
  },
});
