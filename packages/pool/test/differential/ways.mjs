// The ways that a value can travel to a task and back. Each is given a list of values and returns what came back for each.
import * as tasks from "./tasks-here.mjs";

/** Runs at most so many at a time, to make bursts of many sizes. */
const each = (values, body) => Promise.all(values.map(body));

async function toArray(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

/** `pool` is shared by all runs; ways with options of the executor's make their own. */
export const WAYS = {
  async "a single argument and its result"(pool, values) {
    const all = [];
    for (const value of values) all.push(await pool.run(tasks.echo, value));
    return all;
  },
  "a burst": (pool, values) => each(values, (value) => pool.run(tasks.echo, value)),
  "a burst of one value, each call spoiling its own": async (pool, values) => {
    const all = [];
    for (const value of values) {
      const copies = await each(Array(4).fill(value), (same) => pool.run(tasks.copyAndSpoil, same));
      all.push(copies[3]);
    }
    return all;
  },
  "a burst of calls that share a part": async (pool, values) => {
    const all = [];
    for (const part of values) {
      const copies = await each([0, 1, 2, 3], (n) => pool.run(tasks.copyInside, { n, part }));
      all.push(copies[3]);
    }
    return all;
  },
  "an async task": (pool, values) => each(values, (value) => pool.run(tasks.echoAsync, value)),
  "a second argument": (pool, values) =>
    each(values, (value, n) => pool.run(tasks.second, n, value)),
  "a named call": (pool, values) =>
    each(values, (value) => pool.with({ name: "named" }).run(tasks.echo, value)),
  "a limited call": (pool, values) =>
    each(values, (value) => pool.with({ timeoutMs: 60_000 }).run(tasks.echo, value)),
  "a map": (pool, values) => pool.map(tasks.echo, values).toArray(),
  "a map in chunks": (pool, values) =>
    pool.with({ chunkSize: 3 }).map(tasks.copyAndSpoil, values).toArray(),
  "a map of one value in chunks": async (pool, values) => {
    const all = [];
    for (const value of values) {
      const copies = await pool
        .with({ chunkSize: 4 })
        .map(tasks.copyAndSpoil, Array(4).fill(value))
        .toArray();
      all.push(copies[3]);
    }
    return all;
  },
  "a map of several iterables": (pool, values) =>
    pool.with({ chunkSize: 3 }).map(tasks.second, values.keys(), values).toArray(),
  "a buffered map of async input": (pool, values) => {
    async function* input() {
      yield* values;
    }
    return pool.with({ bufferSize: 2 }).map(tasks.echo, input()).toArray();
  },
  "items of a stream": (pool, values) => toArray(pool.stream(tasks.yieldAll, values)),
  "items of an async iterable": (pool, values) => {
    const left = values.values();
    // A generator would wait for what it yields, were it a promise or alike.
    return pool.run(tasks.collect, {
      [Symbol.asyncIterator]: () => ({ next: async () => left.next() }),
    });
  },
  async progress(pool, values) {
    const told = [];
    const future = pool.submit(tasks.report, values);
    future.onProgress((value) => told.push(value));
    await future.result();
    return told;
  },
  "a property of an error": (pool, values) =>
    each(values, async (value) => (await pool.submit(tasks.throwWith, value).exception()).value),
  "a broadcast": async (pool, values) => {
    const all = [];
    for (const value of values) all.push((await pool.broadcast(tasks.echo, value))[0]);
    return all;
  },
};

/** Ways that need an executor of their own. */
export const OWN_WAYS = {
  async "arguments of the initializer"(make, values) {
    const pool = make({ maxWorkers: 1, initializer: tasks.initialize, initializerArgs: [values] });
    const all = await pool.run(tasks.fromInitializer);
    await pool.shutdown();
    return all;
  },
  async "what a context carries"(make, values) {
    let now;
    const pool = make({ maxWorkers: 1, context: { capture: () => now, restore: tasks.inContext } });
    const all = await Promise.all(
      values.map((value) => {
        now = value;
        return pool.run(tasks.fromContext);
      }),
    );
    now = values[0];
    const mapped = await pool.with({ chunkSize: 4 }).map(tasks.fromContext, [1, 2, 3, 4]).toArray();
    await pool.shutdown();
    return [mapped[3], ...all.slice(1)];
  },
};
