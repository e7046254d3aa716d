import { cellsPerWorkers } from "../lib/cells.mjs";
import { check, closePool, repeat, warmPool } from "../lib/measuring.mjs";
import { median } from "../lib/statistics.mjs";

const CALLS = 400;
const SHORT_US = 200;
const LONG_US = 200_000;
/**
 * What compiles while it is measured takes a core from those who work, and with 400 calls a run some functions become hot only
 * after thirty runs: so many times the usual, of each kind, come before the first that counts.
 */
const WARM_UPS = 8;
/** A run takes as long as its long call: so many times the usual time gives a median of nine or so. */
const MEASURED = 4;
const PLACES = { first: 0, middle: CALLS / 2 };
const TITLES = {
  slowest: "slowest short",
  median: "median short",
  makespan: "all",
};

async function runUneven(pool, long) {
  const short = [];
  const start = performance.now();
  const call = async (i) => {
    const us = i === long ? LONG_US : SHORT_US;
    check((await pool.run("busy", us)) === us, "uneven work");
    if (i !== long) short.push(performance.now() - start);
  };
  await Promise.all(Array.from({ length: CALLS }, (_, i) => call(i)));
  return {
    slowest: Math.max(...short),
    median: median(short),
    makespan: performance.now() - start,
  };
}

export default {
  id: "uneven",
  title: "uneven work",
  about:
    "399 calls of 200 µs and one of 200 ms, the first or the middle one, handed in at once: how long the short wait",
  metrics: Object.fromEntries(
    Object.keys(PLACES).flatMap((place) =>
      Object.entries(TITLES).map(([name, title]) => [
        `${place} ${name}`,
        { title: `long ${place}: ${title}`, unit: "ms", better: "lower" },
      ]),
    ),
  ),
  cells: (plan) => cellsPerWorkers(plan, [2], {}),
  async measure(contender, cell, effort) {
    const pool = await warmPool(contender, cell, effort);
    const metrics = {};
    for (const long of Object.values(PLACES)) {
      await repeat({ minRepetitions: 1, timedMs: WARM_UPS * effort.warmMs }, () =>
        runUneven(pool, long),
      );
    }
    for (const [place, long] of Object.entries(PLACES)) {
      const timedMs = MEASURED * effort.timedMs;
      const repetitions = await repeat({ ...effort, timedMs }, () => runUneven(pool, long));
      for (const name of Object.keys(TITLES)) {
        metrics[`${place} ${name}`] = median(repetitions.map((repetition) => repetition[name]));
      }
    }
    await closePool(pool);
    return metrics;
  },
};
