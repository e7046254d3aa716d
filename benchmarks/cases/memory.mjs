import { setTimeout as sleep } from "node:timers/promises";
import { cellsPerWorkers } from "../lib/cells.mjs";
import { closePool, untilAllAnswered } from "../lib/measuring.mjs";

const SETTLE_MS = 500;
const BYTES_PER_MB = 1_048_576;

async function settledRss() {
  globalThis.gc();
  await sleep(SETTLE_MS);
  globalThis.gc();
  return process.memoryUsage.rss();
}

export default {
  id: "memory",
  title: "memory",
  about:
    "growth of the process by eight workers that have answered and are idle, per worker, when a pool of one is there already",
  metrics: { mb: { title: "per idle worker", unit: "MB", better: "lower" } },
  cells: (plan) => cellsPerWorkers(plan, [8], {}),
  async measure(contender, { workers }) {
    // What a program loads for its first worker is not what one more worker takes.
    const first = await contender.create({ workers: 1 });
    await untilAllAnswered(first, 1);
    const before = await settledRss();
    const pool = await contender.create({ workers });
    await untilAllAnswered(pool, workers);
    const after = await settledRss();
    await closePool(pool);
    await closePool(first);
    return { mb: (after - before) / workers / BYTES_PER_MB };
  },
};
