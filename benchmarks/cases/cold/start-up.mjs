import { cellsPerWorkers } from "../../lib/cells.mjs";
import { coldCase } from "../../lib/cold.mjs";
import { closePool, untilAllAnswered } from "../../lib/measuring.mjs";

export const coldImport = {
  ...coldCase({ id: "cold-import" }),
  title: "cold: import",
  about: "loading the library, and nothing else",
  metrics: { ms: { title: "import", unit: "ms", better: "lower" } },
  cells: () => [{ id: "import", title: "no workers", workers: 0 }],
  measure: (_contender, _cell, { loadedMs }) => ({ ms: loadedMs }),
};

export const coldStartUp = {
  ...coldCase({ id: "cold-start-up" }),
  title: "cold: first answers",
  about: "from the first line of the program to the first answer, and to one from each worker",
  metrics: {
    first: { title: "first answer", unit: "ms", better: "lower" },
    all: { title: "all workers", unit: "ms", better: "lower" },
  },
  cells: (plan) => cellsPerWorkers(plan, [1, 2, 4], {}),
  async measure(contender, { workers }, { loadedMs }) {
    const start = performance.now();
    const pool = await contender.create({ workers });
    const { first, all } = await untilAllAnswered(pool, workers);
    await closePool(pool);
    return { first: loadedMs + first - start, all: loadedMs + all - start };
  },
};
