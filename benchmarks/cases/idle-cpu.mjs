import { setTimeout as sleep } from "node:timers/promises";
import { cellsPerWorkers } from "../lib/cells.mjs";
import { closePool, warmPool } from "../lib/measuring.mjs";

const SETTLE_MS = 2000;

export default {
  id: "idle-cpu",
  title: "idle CPU",
  about: "share of one core that a pool uses which has worked and now has nothing to do",
  metrics: { percent: { title: "of one core", unit: "%", better: "lower" } },
  cells: (plan) => cellsPerWorkers(plan, [2], {}),
  // CPU time is counted per process, so waiting side by side changes nothing.
  parallel: true,
  rounds: () => 1,
  async measure(contender, cell, effort) {
    const pool = await warmPool(contender, cell, effort);
    await sleep(SETTLE_MS);
    const cpu = process.cpuUsage();
    const start = performance.now();
    await sleep(effort.idleMs);
    const { user, system } = process.cpuUsage(cpu);
    const usedUs = (performance.now() - start) * 1000;
    await closePool(pool);
    return { percent: ((user + system) / usedUs) * 100 };
  },
};
