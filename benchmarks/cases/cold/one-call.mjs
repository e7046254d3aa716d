import { cellsPerWorkers } from "../../lib/cells.mjs";
import { coldCase } from "../../lib/cold.mjs";

/** Makes the case of a program that calls once. */
const oneCall = (id, runsIn) =>
  coldCase({
    id,
    runsIn,
    title: "cold: one call",
    about: "a program that makes a pool and calls it once",
    cells: (plan) => cellsPerWorkers(plan, [2], {}),
    async job(pool) {
      const result = await pool.run("echo", 1);
      return () => result === 1;
    },
  });

export const coldOneCall = oneCall("cold-one-call", "threads");
export const coldProcessOneCall = oneCall("cold-process-one-call", "processes");
