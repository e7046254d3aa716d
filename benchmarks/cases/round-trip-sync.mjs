import { check } from "../lib/measuring.mjs";
import { quantile } from "../lib/statistics.mjs";

const US_PER_MS = 1000;
const WORKERS = 2;

/** One blocking call after the other; the event loop stands still all the time. */
export default {
  id: "round-trip-sync",
  title: "blocking round trip",
  about:
    "one blocking call after the other; the time of each, and from creating the pool to the first answer",
  metrics: {
    p50: { title: "median", unit: "µs", better: "lower" },
    p99: { title: "99th percentile", unit: "µs", better: "lower" },
    first: { title: "first answer", unit: "ms", better: "lower" },
  },
  cells: () => [{ id: `w${WORKERS}`, title: `${WORKERS} workers`, workers: WORKERS }],
  // As for round trips that are awaited.
  rounds: (asked) => 2 * asked - 1,
  supports: ({ blocks = false }) => blocks,
  async measure(contender, { workers }, { warmMs, timedMs }) {
    const createdAt = performance.now();
    const pool = await contender.create({ workers });
    check(pool.runSync("echo", 1) === 1, "first call");
    const first = performance.now() - createdAt;
    const roundTrips = (limitMs) => {
      const times = [];
      const end = performance.now() + limitMs;
      for (let start = performance.now(); start < end; start = performance.now()) {
        const result = pool.runSync("echo", times.length);
        const us = (performance.now() - start) * US_PER_MS;
        check(result === times.length, "blocking round trip");
        times.push(us);
      }
      return times;
    };
    roundTrips(warmMs);
    const times = roundTrips(timedMs);
    await pool.close();
    return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), first };
  },
};
