// Within one call the same object stays the same object, wherever it stands.
import assert from "node:assert/strict";
import { inlineTask } from "@concur/pool";
import { ALL } from "../../lib/kinds.mjs";
import { scenario } from "../lib/scenario.mjs";

const THINGS = {
  "a record": () => ({ n: 1 }),
  "a record with a list": () => ({ n: [1] }),
  "an empty object": () => ({}),
  "an array": () => [1],
  "an array of one array": () => [[1]],
  "a Map": () => new Map([[1, 2]]),
  bytes: () => new Uint8Array(8),
  "many bytes": () => new Uint8Array(5000),
  "a Date": () => new Date(1),
  "an object with a long string": () => ({ text: "x".repeat(10_000) }),
};
const same = inlineTask((a, b) => a === b);
const sameInside = inlineTask((a, b) => a === b[0] && b[0] === b[1]);
const notSame = inlineTask((a, b) => a !== b && a[0] === b[0]);

export default [
  scenario("two arguments that are one object", ALL, async ({ make }) => {
    const pool = make.shared();
    for (let round = 0; round < 2; round += 1) {
      for (const [name, create] of Object.entries(THINGS)) {
        const thing = create();
        assert.equal(await pool.run(same, thing, thing), true, name);
        assert.equal(await pool.run(same, create(), create()), false, `two of ${name}`);
        assert.equal(await pool.run(sameInside, thing, [thing, thing]), true, `${name} inside`);
        assert.equal(await pool.run(notSame, [thing], [thing]), true, `lists with ${name}`);
        assert.equal(await pool.with({ name: "named" }).run(same, thing, thing), true, name);
      }
    }
  }),
  scenario("two arguments that are one object, in a burst", ALL, async ({ make, outcomes }) => {
    const pool = make.shared();
    for (const [name, create] of Object.entries(THINGS)) {
      const thing = create();
      const futures = [];
      for (let n = 0; n < 30; n += 1) {
        futures.push(pool.submit(same, thing, thing), pool.submit(same, thing, create()));
      }
      const ended = await outcomes(futures);
      ended.forEach(({ value }, n) => assert.equal(value, n % 2 === 0, `${name}, call ${n}`));
    }
  }),
  scenario("two iterables of a map that give one object", ALL, async ({ make }) => {
    const pool = make.shared();
    for (const [name, create] of Object.entries(THINGS)) {
      const things = Array.from({ length: 60 }, create);
      for (const chunkSize of [1, 15]) {
        const seen = await pool.with({ chunkSize }).map(same, things, things).toArray();
        assert.deepEqual(
          seen,
          things.map(() => true),
          `${name} in chunks of ${chunkSize}`,
        );
      }
    }
  }),
  scenario("a value that holds itself, as argument and as result", ALL, async ({ make }) => {
    const pool = make.shared();
    const loop = inlineTask(
      (value, list) =>
        value.self === value &&
        value.list === list &&
        list[0] === value && { value, list, again: [value] },
    );
    const value = { id: 1 };
    const list = [value];
    value.self = value;
    value.list = list;
    const back = await pool.run(loop, value, list);
    assert.equal(back.value.self, back.value);
    assert.equal(back.value.list, back.list);
    assert.equal(back.again[0], back.list[0]);
    assert.equal(back.list[0], back.value);
  }),
  scenario("a result with one object in two places", ALL, async ({ make, outcomes }) => {
    const pool = make.shared();
    const pair = inlineTask((n) => {
      const one = { n };
      return [one, one, { n }];
    });
    const ended = await outcomes(Array.from({ length: 50 }, (_, n) => pool.submit(pair, n)));
    ended.forEach(({ value: [a, b, c] }, n) => {
      assert.deepEqual([a === b, a === c, a.n, c.n], [true, false, n, n]);
    });
    for (const [a, b, c] of await pool.map(pair, Array(50).keys()).toArray()) {
      assert.deepEqual([a === b, a === c], [true, false]);
    }
  }),
  scenario("two views of one memory", ALL, async ({ make }) => {
    const pool = make.shared();
    const memory = new ArrayBuffer(16);
    const write = inlineTask((a, b) => {
      a[0] = 7;
      return [a.buffer === b.buffer, b[0]];
    });
    assert.deepEqual(await pool.run(write, new Uint8Array(memory), new Uint8Array(memory, 0, 4)), [
      true,
      7,
    ]);
  }),
  scenario("arguments of a stream", ALL, async ({ make }) => {
    const pool = make.shared();
    const look = inlineTask(function* (a, b) {
      yield a === b;
      yield { a, b };
    });
    const thing = { n: [1] };
    const [first, second] = await collect(pool.stream(look, thing, thing));
    assert.equal(first, true);
    assert.equal(second.a, second.b);
  }),
];

async function collect(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}
