import { coldCase, mapWith } from "../../lib/cold.mjs";
import functions from "../../tasks/functions.cjs";

const record = (i) =>
  JSON.stringify({
    id: i,
    name: `item ${i}`,
    tags: Array.from({ length: 20 }, (_, n) => `tag ${n}`),
    points: Array.from({ length: 60 }, (_, n) => n * i + 0.5),
  });

const kinds = {
  "parse 1 KB of JSON": { task: "sumOfJson", make: record },
  "hash 64 KB": { task: "sha256", make: (i) => new Uint8Array(65_536).fill(i) },
  "5 ms of work": { task: "busy", make: () => 5000 },
};
const counts = {
  "parse 1 KB of JSON": [100, 1000, 10_000, 100_000],
  "hash 64 KB": [10, 100, 1000],
  "5 ms of work": [4, 20, 100],
};

/** From which size on a pool pays: the same work in one loop is one of the contenders. */
export const coldRealWork = coldCase({
  id: "cold-real-work",
  title: "cold: real work",
  about: "a map of what programs do: beside other pools, and beside no pool at all",
  cells: ({ quick }) =>
    Object.entries(counts).flatMap(([kind, all]) =>
      (quick ? all.slice(0, 1) : all).map((n) => ({
        id: `${kind} ${n}`,
        title: `${kind}, ${n} items`,
        workers: 2,
        kind,
        n,
      })),
    ),
  async job(pool, { kind, n }) {
    const { task, make } = kinds[kind];
    const results = await mapWith(
      pool,
      task,
      Array.from({ length: n }, (_, i) => make(i)),
    );
    return () =>
      results.length === n && (task === "busy" || results[n - 1] === functions[task](make(n - 1)));
  },
});
