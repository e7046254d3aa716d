import { check, closePool } from "./measuring.mjs";

const KB_PER_MB = 1024;

/** Whole jobs vary more than warm loops do. */
const LEAST_ROUNDS = 5;

/**
 * Makes a case in which each measurement is a whole job of a fresh process: the library is loaded, a pool is made, and it is
 * used once. Nothing is warm.
 *
 * @param job - `(pool, cell)`: does the work; it gives a function that checks the results after the clock has stopped.
 */
export const coldCase = ({ job, ...rest }) => ({
  cold: true,
  metrics: {
    ms: { title: "whole job", unit: "ms", better: "lower" },
    mb: { title: "peak memory", unit: "MB", better: "lower" },
  },
  rounds: (asked) => (asked === 1 ? 1 : Math.max(asked, LEAST_ROUNDS)),
  async measure(contender, cell, { loadedMs }) {
    const start = performance.now();
    const pool = await contender.create({ workers: cell.workers });
    const isRight = await job(pool, cell);
    const ms = loadedMs + performance.now() - start;
    const mb = process.resourceUsage().maxRSS / KB_PER_MB;
    check(isRight(), rest.id);
    await closePool(pool);
    return { ms, mb };
  },
  ...rest,
});

/** Maps with what the contender has: its own map, or one call for each item. */
export function mapWith(pool, name, items) {
  if (pool.map !== undefined) return pool.map(name, items);
  return Promise.all(Array.from(items, (item) => pool.run(name, item)));
}
