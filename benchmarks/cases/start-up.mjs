import { cellsPerWorkers } from "../lib/cells.mjs";
import { closePool, untilAllAnswered } from "../lib/measuring.mjs";

export default {
  id: "start-up",
  title: "start-up",
  about:
    "from making the pool, its library being loaded, to the first answer and to one from each worker",
  metrics: {
    first: { title: "first answer", unit: "ms", better: "lower" },
    all: { title: "all workers", unit: "ms", better: "lower" },
  },
  cells: (plan) => cellsPerWorkers(plan, plan.quick ? [1, 30] : [1, 4, 30], {}),
  async measure(contender, { workers }) {
    const start = performance.now();
    const pool = await contender.create({ workers });
    const { first, all } = await untilAllAnswered(pool, workers);
    await closePool(pool);
    return { first: first - start, all: all - start };
  },
};
