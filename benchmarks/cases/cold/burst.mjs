import { cellsPerWorkers } from "../../lib/cells.mjs";
import { coldCase } from "../../lib/cold.mjs";
import { closePool, timed, untilAllAnswered, check } from "../../lib/measuring.mjs";

const N = 20_000;

const burst = ({ id, title, about, make, isSame }) =>
  coldCase({
    id,
    title,
    about,
    cells: (plan) => cellsPerWorkers(plan, [2], {}),
    async job(pool) {
      const args = Array.from({ length: N }, (_, i) => make(i));
      const results = await Promise.all(args.map((arg) => pool.run("echo", arg)));
      return () => results.length === N && results.every(isSame);
    },
  });

export const coldBurst = burst({
  id: "cold-burst-20k",
  title: "cold: 20 000 at once",
  about: "20 000 calls that give their number back, handed in at once to a pool that was just made",
  make: (i) => i,
  isSame: (value, i) => value === i,
});

export const coldObjects = burst({
  id: "cold-objects-20k",
  title: "cold: 20 000 objects at once",
  about: "the same with a small object each",
  make: (i) => ({ id: i, name: `item ${i}`, price: i / 4 }),
  isSame: ({ id, name, price }, i) => id === i && name === `item ${i}` && price === i / 4,
});

/** The start of the workers is not in the time, the first use of all code is. */
export const coldFirstCalls = {
  ...coldBurst,
  id: "cold-first-20k",
  title: "cold: the first 20 000 calls",
  about: "20 000 calls at once to a pool whose workers are up, after one call for each of them",
  metrics: { rate: { title: "calls", unit: "/s", better: "higher" } },
  async measure(contender, { workers }) {
    const pool = await contender.create({ workers });
    await untilAllAnswered(pool, workers);
    let results;
    const ms = await timed(async () => {
      results = await Promise.all(Array.from({ length: N }, (_, i) => pool.run("echo", i)));
    });
    check(
      results.every((value, i) => value === i),
      "first calls",
    );
    await closePool(pool);
    return { rate: (N * 1000) / ms };
  },
};
