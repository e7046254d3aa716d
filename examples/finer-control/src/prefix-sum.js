// All prefix sums of a list in a few steps (Hillis and Steele, 1986). Nobody begins a step before all have ended the one before.
import { ThreadPoolExecutor } from "@concur/pool";
import { Barrier, SharedArray } from "@concur/sync";
import { addPrefixes } from "./tasks.js";

const PARTIES = 4;
const LENGTH = 1000;

const executor = new ThreadPoolExecutor({ maxWorkers: PARTIES });
const numbers = new SharedArray(
  "float64",
  Array.from({ length: LENGTH }, (_, n) => n + 1),
);
const sums = new SharedArray("float64", LENGTH);
const barrier = new Barrier(PARTIES);
const size = LENGTH / PARTIES;
const parts = Array.from({ length: PARTIES }, (_, part) =>
  executor.run(addPrefixes, numbers, sums, barrier, part * size, (part + 1) * size),
);
const [isInSums] = await Promise.all(parts);
const { view } = isInSums ? sums : numbers;
console.log(`1 + … + 10 = ${view[9]}, 1 + … + 1000 = ${view[999]}`);
await executor.shutdown();
