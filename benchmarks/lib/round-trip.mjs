import { cellsPerWorkers } from "./cells.mjs";
import { check, closePool, warmPool } from "./measuring.mjs";
import { mean, quantile } from "./statistics.mjs";

const US_PER_MS = 1000;

const METRICS = {
  p50: { title: "median", unit: "µs", better: "lower" },
  p99: { title: "99th percentile", unit: "µs", better: "lower" },
  mean: { title: "mean", unit: "µs", better: "lower" },
};
/** Only of threads: what child processes use is not in the count of this one. */
const CORES = { title: "cores used", unit: "cores", better: "lower" };

/** Makes the case of one call after the other. */
export const roundTripCase = ({ id, runsIn, workers }) => ({
  id,
  runsIn,
  title: "round trip",
  about: "one call after the other; the time of each",
  metrics: runsIn === "processes" ? METRICS : { ...METRICS, cores: CORES },
  cells: (plan) => cellsPerWorkers(plan, [workers], {}),
  // Waking a thread takes a few µs or ten times that, depending on where the system has put it.
  rounds: (asked) => 2 * asked - 1,
  async measure(contender, cell, effort) {
    const pool = await warmPool(contender, cell, effort);
    const roundTrips = async (limitMs) => {
      const times = [];
      const end = performance.now() + limitMs;
      for (let start = performance.now(); start < end; start = performance.now()) {
        const result = await pool.run("echo", times.length);
        const us = (performance.now() - start) * US_PER_MS;
        check(result === times.length, "round trip");
        times.push(us);
      }
      return times;
    };
    // A pool that adapts to bursts needs time to find out that these calls come one by one.
    await roundTrips(effort.warmMs);
    globalThis.gc({ type: "minor" });
    const cpu = process.cpuUsage();
    const start = performance.now();
    const times = await roundTrips(effort.timedMs);
    const { user, system } = process.cpuUsage(cpu);
    const usedUs = (performance.now() - start) * US_PER_MS;
    await closePool(pool);
    return {
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      mean: mean(times),
      ...(runsIn === "processes" ? {} : { cores: (user + system) / usedUs }),
    };
  },
});
