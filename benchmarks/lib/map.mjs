import { cellsPerWorkers } from "./cells.mjs";
import { check, closePool, repeat, timed, warmPool } from "./measuring.mjs";
import { median } from "./statistics.mjs";
import functions from "../tasks/functions.cjs";

const FROM = 1_000_000;

/** Makes the case of a map over many numbers. */
export const mapCase = ({ id, runsIn }) => ({
  id,
  runsIn,
  title: "map of isPrime",
  about: "isPrime of the numbers from 1 000 000: with the library's map, or one call each",
  metrics: { us: { title: "per item", unit: "µs", better: "lower" } },
  cells: (plan) => cellsPerWorkers(plan, [2], { n: plan.quick ? 20_000 : 100_000, from: FROM }),
  async measure(contender, cell, effort) {
    const pool = await warmPool(contender, cell, effort);
    const map =
      pool.map ?? ((name, items) => Promise.all(items.map((item) => pool.run(name, item))));
    const items = Array.from({ length: cell.n }, (_, i) => FROM + i);
    const expected = items.map(functions.isPrime);
    await map.call(pool, "isPrime", items.slice(0, 2000));
    const times = await repeat({ ...effort, minRepetitions: 1 }, async () => {
      let results;
      const ms = await timed(async () => {
        results = await map.call(pool, "isPrime", items);
      });
      const right = results.every((result, i) => result === expected[i]);
      check(results.length === cell.n && right, "map");
      return ms;
    });
    await closePool(pool);
    return { us: (median(times) * 1000) / cell.n };
  },
});
