import { cellsPerWorkers } from "../../lib/cells.mjs";
import { coldCase } from "../../lib/cold.mjs";

const N = 200;
const US = 2000;

export const coldShortCalls = coldCase({
  id: "cold-calls-2ms",
  title: "cold: 200 calls of 2 ms",
  about: "200 calls that keep a core busy for 2 ms each, handed in at once",
  cells: (plan) => cellsPerWorkers(plan, [2], {}),
  async job(pool) {
    const results = await Promise.all(Array.from({ length: N }, () => pool.run("busy", US)));
    return () => results.length === N && results.every((us) => us === US);
  },
});
