// What programs and tasks do to built-in prototypes does not get into the values of calls.
import assert from "node:assert/strict";
import { inlineTask } from "@concur/pool";
import { WORKERS } from "../../lib/kinds.mjs";
import { scenario } from "../lib/scenario.mjs";

const echo = inlineTask((value) => value);
const names = inlineTask((value) => Object.keys(value).join());

export default [
  scenario(
    "a Map and the like in the clothes of plain objects",
    WORKERS,
    async ({ make, outcomes }) => {
      const pool = make({ maxWorkers: 1 });
      const dressed = [
        new Map([[1, 2]]),
        new Set([1]),
        new Date(5),
        /x/g,
        new Uint8Array(3),
        [1, 2],
        new Error("odd"),
      ].map((value) => Object.setPrototypeOf(value, Object.prototype));
      for (let round = 0; round < 2; round += 1) {
        const ended = await outcomes(dressed.map((value) => pool.submit(echo, value)));
        ended.forEach(({ value }, n) => assert.deepEqual(value, structuredClone(dressed[n])));
      }
    },
  ),
  scenario(
    "a property of Object.prototype that comes between two calls",
    WORKERS,
    async ({ make }) => {
      const pool = make({ maxWorkers: 1 });
      const values = () => [
        pool.run(names, { a: 1 }),
        pool.run(echo, { a: 1 }),
        pool.map(echo, [{ a: 1 }]).toArray(),
      ];
      await Promise.all(values());
      Object.prototype.stray = "stray";
      try {
        const [keys, one, [item]] = await Promise.all(values());
        assert.equal(keys, "a");
        assert.deepEqual([Object.keys(one), Object.keys(item)], [["a"], ["a"]]);
      } finally {
        delete Object.prototype.stray;
      }
    },
  ),
  scenario("a setter on Object.prototype of the worker", WORKERS, async ({ make, outcomes }) => {
    const pool = make({ maxWorkers: 1 });
    await pool.run(
      inlineTask(() => {
        Object.defineProperty(Object.prototype, "id", {
          configurable: true,
          get: () => "stray",
          set() {},
        });
      }),
    );
    const ended = await outcomes(
      Array.from({ length: 50 }, (_, n) =>
        pool.submit(
          inlineTask((value) => value.id),
          { id: n },
        ),
      ),
    );
    assert.deepEqual(
      ended.map(({ value }) => value),
      ended.map((_, n) => n),
    );
  }),
  scenario("a toJSON on every prototype", WORKERS, async ({ make, outcomes }) => {
    const pool = make({ maxWorkers: 1 });
    for (const one of [Object, Array, String, Number, Boolean]) {
      Object.defineProperty(one.prototype, "toJSON", { value: () => "stray", configurable: true });
    }
    try {
      const values = [{ a: 1 }, { id: 1, text: "x" }, [1, "a"], "text", 5, true, null];
      const ended = await outcomes(values.map((value) => pool.submit(echo, value)));
      const copies = ended.map(({ value }) => value);
      const [mapped] = await outcomes([pool.map(echo, values).toArray()]);
      for (const one of [Object, Array, String, Number, Boolean]) delete one.prototype.toJSON;
      assert.deepEqual(copies, values);
      assert.deepEqual(mapped.value, values);
    } finally {
      for (const one of [Object, Array, String, Number, Boolean]) delete one.prototype.toJSON;
    }
  }),
];
