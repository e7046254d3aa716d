import { cellsPerWorkers } from "./cells.mjs";
import { check, closePool, repeat, timed, warmPool } from "./measuring.mjs";
import { median } from "./statistics.mjs";

const values = {
  numbers: { make: (i) => i, same: (value, i) => value === i },
  objects: {
    make: (i) => ({ id: i, name: `item ${i}`, price: i / 4 }),
    same: ({ id, name, price }, i) => id === i && name === `item ${i}` && price === i / 4,
  },
};

/** Makes the case of n calls that are all handed in at once. */
export function burstCase({ id, runsIn = "threads", title, about, n, kind, slow = false }) {
  const { make, same } = values[kind];
  return {
    id,
    runsIn,
    title,
    about,
    slow,
    metrics: { rate: { title: "calls", unit: "/s", better: "higher" } },
    cells: (plan) => cellsPerWorkers(plan, [2], { n, values: kind }),
    async measure(contender, cell, effort) {
      const pool = await warmPool(contender, cell, effort);
      const args = Array.from({ length: n }, (_, i) => make(i));
      const minRepetitions = slow ? 1 : effort.minRepetitions;
      const times = await repeat({ ...effort, minRepetitions }, async () => {
        let results;
        const ms = await timed(async () => {
          results = await Promise.all(args.map((arg) => pool.run("echo", arg)));
        });
        check(results.length === n && results.every(same), id);
        return ms;
      });
      await closePool(pool);
      return { rate: n / (median(times) / 1000) };
    },
  };
}
