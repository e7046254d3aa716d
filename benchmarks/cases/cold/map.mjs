import { cellsPerWorkers } from "../../lib/cells.mjs";
import { coldCase, mapWith } from "../../lib/cold.mjs";
import functions from "../../tasks/functions.cjs";

const FROM = 1_000_000;

function* range(n) {
  for (let i = 0; i < n; i += 1) yield FROM + i;
}

async function* readSlowly(n) {
  for (let i = 0; i < n; i += 1) yield FROM + i;
}

const inputs = {
  array: (n) => Array.from({ length: n }, (_, i) => FROM + i),
  Float64Array: (n) => Float64Array.from({ length: n }, (_, i) => FROM + i),
  generator: range,
  "async generator": readSlowly,
};

const isRight = (results, n) => () =>
  results.length === n && results.every((one, i) => one === functions.isPrime(FROM + i));

const wholeMap = (id, runsIn) =>
  coldCase({
    id,
    runsIn,
    title: "cold: map of isPrime",
    about: "isPrime of 100 000 numbers from an array: with the library's map, or one call each",
    cells: (plan) => cellsPerWorkers(plan, [2], { n: plan.quick ? 10_000 : 100_000, from: FROM }),
    async job(pool, { n }) {
      const results = await mapWith(pool, "isPrime", inputs.array(n));
      return isRight(results, n);
    },
  });

export const coldMap = wholeMap("cold-map", "threads");
export const coldProcessMap = wholeMap("cold-process-map", "processes");

async function readAll(results) {
  const all = [];
  for await (const one of results) all.push(one);
  return all;
}

const reads = { "toArray()": (results) => results.toArray(), "for await": readAll };

/** What the other pools do not have: other inputs than arrays, and results as they come. */
export const coldMapInputs = coldCase({
  id: "cold-map-inputs",
  title: "cold: map by input",
  about: "the same map from an array, a Float64Array, a generator and an async generator",
  supports: ({ iterates }) => iterates === true,
  cells: (plan) =>
    (plan.quick ? [10_000] : [100_000, 1_000_000]).flatMap((n) =>
      Object.keys(inputs).flatMap((input) =>
        Object.keys(reads).map((read) => ({
          id: `${n} ${input} ${read}`,
          title: `${n.toLocaleString("en").replaceAll(",", " ")} from ${input}, ${read}`,
          workers: 2,
          n,
          input,
          read,
        })),
      ),
    ),
  async job(pool, { n, input, read }) {
    const results = await reads[read](pool.iterate("isPrime", inputs[input](n)));
    return isRight(results, n);
  },
});
