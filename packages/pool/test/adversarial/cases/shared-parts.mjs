// Calls that are handed out together never share a copy: what one of them changes, no other sees.
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { importTasks, inlineTask } from "@concur/pool";
import { WITH_CHANNEL, WORKERS } from "../../lib/kinds.mjs";
import { scenario } from "../lib/scenario.mjs";

const tasks = importTasks(new URL("../lib/tasks.mjs", import.meta.url));
const CALLS = 40;
const numbers = Array.from({ length: CALLS }, (_, n) => n);

/** Things that are handed to many calls at once, and how a task marks one and says how often it was marked before. */
const SHARED = {
  "a record": () => ({ seen: 0, list: [] }),
  "an array": () => [[], 0],
  "a Map": () => new Map([["seen", []]]),
  "a Set": () => new Set(["first"]),
  "an object three levels down": () => ({ a: { b: { c: [] } } }),
  "a typed array": () => new Uint8Array(64),
  "a Buffer of the pool": () => Buffer.from("\0\0\0"),
  "a large typed array": () => new Float64Array(3000),
  "a view of a part": () => new Uint8Array(new ArrayBuffer(100), 8, 16),
  "a Date": () => new Date(0),
  "an Error": () => new Error("shared"),
};

const placements = {
  "as the only argument": (pool, value, n) => pool.submit(tasks.mark, value, n),
  "inside of the argument": (pool, value, n) => pool.submit(tasks.markInside, { value, n }),
  "as the second argument": (pool, value, n) => pool.submit(tasks.markSecond, n, value),
  "in a list beside it": (pool, value, n) =>
    pool.submit(tasks.markInside, { n, value, same: [value] }),
  "of a named call": (pool, value, n) =>
    pool.with({ name: `call ${n}` }).submit(tasks.markInside, { value, n }),
};

const fresh = numbers.map(() => 0);

async function marksOf(pool, submit, outcomes) {
  // The second burst is of tasks whose time is known: many share a message.
  const seen = [];
  for (let round = 0; round < 2; round += 1) {
    const ended = await outcomes(numbers.map((n) => submit(pool, n)));
    seen.push(ended.map(({ value, reason }) => (reason === undefined ? value : reason)));
  }
  return seen;
}

const atPlaces = Object.entries(placements).map(([place, submit]) =>
  scenario(`what several calls are given ${place}`, WORKERS, async ({ make, outcomes }) => {
    const pool = make.shared();
    for (const [name, create] of Object.entries(SHARED)) {
      const value = create();
      const seen = await marksOf(pool, (to, n) => submit(to, value, n), outcomes);
      assert.deepEqual(seen, [fresh, fresh], `${name} was marked before`);
    }
  }),
);

export default [
  ...atPlaces,
  scenario("items of a map", WITH_CHANNEL, async ({ make }) => {
    for (const options of [{}, { chunkSize: 50 }, { bufferSize: 30 }]) {
      const pool = make.shared();
      for (const [name, create] of Object.entries(SHARED)) {
        const items = Array(200).fill(create());
        for (let round = 0; round < 2; round += 1) {
          const seen = await pool.with(options).map(tasks.mark, items).toArray();
          assert.equal(
            Math.max(...seen),
            0,
            `${name} was marked before, ${JSON.stringify(options)}`,
          );
        }
      }
    }
  }),
  scenario("items of a map over several iterables", WORKERS, async ({ make }) => {
    const pool = make.shared();
    for (const create of Object.values(SHARED)) {
      const items = Array(200).fill(create());
      for (let round = 0; round < 2; round += 1) {
        const seen = await pool.map(tasks.markSecond, items.keys(), items).toArray();
        assert.equal(Math.max(...seen), 0);
      }
    }
  }),
  scenario(
    "small items of a long map, in chunks of the executor's choice",
    WORKERS,
    async ({ make }) => {
      const pool = make.shared();
      const list = [];
      for (let round = 0; round < 2; round += 1) {
        const lengths = await pool.map(tasks.push, Array(2000).fill(list)).toArray();
        assert.equal(Math.max(...lengths), 1);
      }
    },
  ),
  scenario("what a context carries", WORKERS, async ({ make, outcomes }) => {
    const storage = new AsyncLocalStorage();
    const context = { capture: () => storage.getStore(), restore: tasks.inContext };
    const pool = make({ maxWorkers: 1, context });
    const store = { seen: [], user: { visits: 0 } };
    for (let round = 0; round < 2; round += 1) {
      const ended = await storage.run(store, () =>
        outcomes([
          ...numbers.map((n) => pool.submit(tasks.visit, n)),
          ...numbers.map((n) => pool.submit(tasks.visit, { n, deep: [n] })),
        ]),
      );
      const visits = ended.map(({ value, reason }) => value ?? reason);
      assert.deepEqual(visits, Array(2 * CALLS).fill(1));
      const mapped = await storage.run(store, () => pool.map(tasks.visit, numbers).toArray());
      assert.deepEqual(mapped, Array(CALLS).fill(1));
    }
  }),
  scenario(
    "what a context carries and is an argument, too",
    WORKERS,
    async ({ make, outcomes }) => {
      const store = { seen: [], user: { visits: 0 } };
      const context = { capture: () => store, restore: tasks.inContext };
      const pool = make({ maxWorkers: 1, context });
      const ended = await outcomes(numbers.map(() => pool.submit(tasks.visit, store.user)));
      assert.deepEqual(
        ended.map(({ value, reason }) => value ?? reason),
        Array(CALLS).fill(1),
      );
    },
  ),
  scenario("results that are one object in the worker", WORKERS, async ({ make, outcomes }) => {
    const pool = make.shared();
    for (let round = 0; round < 3; round += 1) {
      const ended = await outcomes(numbers.map(() => pool.submit(tasks.keptResult)));
      const values = ended.map(({ value }) => value);
      values.forEach((value) => value.list.push("changed"));
      assert.deepEqual(
        values.map(({ list }) => list.length),
        Array(CALLS).fill(2),
      );
    }
    for (const chunkSize of [1, 20, undefined]) {
      const values = await pool.with({ chunkSize }).map(tasks.keptResult, numbers).toArray();
      values.forEach((value) => value.list.push("changed"));
      assert.deepEqual(
        values.map(({ list }) => list.length),
        Array(CALLS).fill(2),
      );
    }
  }),
  scenario("results as they were when they were returned", WORKERS, async ({ make, outcomes }) => {
    const pool = make.shared();
    for (let round = 0; round < 3; round += 1) {
      await pool.run(tasks.resetCounter);
      const ended = await outcomes(numbers.map(() => pool.submit(tasks.countDeep)));
      assert.deepEqual(
        ended.map(({ value }) => value.deep.count[0]),
        numbers.map((n) => n + 1),
      );
    }
  }),
  scenario("errors that are one object in the worker", WORKERS, async ({ make, outcomes }) => {
    const pool = make.shared();
    const ended = await outcomes(numbers.map(() => pool.submit(tasks.throwKept)));
    for (const { reason } of ended) reason.details.push("changed");
    assert.deepEqual(
      ended.map(({ reason }) => reason.details.length),
      Array(CALLS).fill(2),
    );
  }),
  scenario(
    "progress and items of a stream, as they were when they were sent",
    WORKERS,
    async ({ make }) => {
      const pool = make.shared();
      const told = [];
      const future = pool.submit(tasks.reportOne, 50);
      future.onProgress((value) => told.push(value));
      await future.result();
      assert.deepEqual(
        told.map(({ at }) => at[0]),
        Array.from({ length: 50 }, (_, n) => n),
      );
      told[0].at.push("changed");
      assert.equal(told[1].at.length, 1);
      const items = [];
      for await (const item of pool.stream(tasks.yieldOne, 50)) items.push(item);
      assert.deepEqual(
        items.map(({ at }) => at[0]),
        Array.from({ length: 50 }, (_, n) => n),
      );
      items[0].at.push("changed");
      assert.equal(items[1].at.length, 1);
    },
  ),
  scenario("copies of a broadcast on each worker", WORKERS, async ({ make }) => {
    const pool = make({ maxWorkers: 2 });
    await Promise.all(
      [1, 2].map(() => pool.run(inlineTask(() => new Promise((r) => setTimeout(r, 20))))),
    );
    const shared = { seen: 0, list: [] };
    for (let round = 0; round < 3; round += 1) {
      const seen = await pool.broadcast(tasks.markInside, { value: shared, n: round });
      assert.ok(seen.length > 0 && seen.every((marks) => marks === 0), JSON.stringify(seen));
    }
  }),
  scenario("one change of the caller after another", WORKERS, async ({ make, outcomes }) => {
    // submit() takes its arguments as they are at the call or as they are when the turn is over, but never half of each.
    const pool = make.shared();
    const futures = [];
    for (const n of numbers) {
      futures.push(
        pool.submit(
          inlineTask((value) => [value.a[0], value.b[0]]),
          { a: [n], b: [n] },
        ),
      );
    }
    const ended = await outcomes(futures);
    assert.deepEqual(
      ended.map(({ value }) => value),
      numbers.map((n) => [n, n]),
    );
  }),
];
