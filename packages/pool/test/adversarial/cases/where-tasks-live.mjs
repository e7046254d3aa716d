// A module's exports are the same for every executor, and `this` is nobody's.
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importTasks, inlineTask } from "@concur/pool";
import { makeFolder, ALL } from "../../lib/kinds.mjs";
import { scenario } from "../lib/scenario.mjs";

const MODULES = {
  "CommonJS, made in a loop": [
    "a.cjs",
    "const api = {}; for (const name of ['double']) api[name] = (n) => n * 2; module.exports = api;",
  ],
  "CommonJS, with getters": [
    "b.cjs",
    "Object.defineProperty(exports, 'double', { enumerable: true, get: () => (n) => n * 2 });",
  ],
  "CommonJS, a function with properties": [
    "d.cjs",
    "module.exports = Object.assign(() => 0, { ['dou' + 'ble']: (n) => n * 2 });",
  ],
  "an object as default export": ["e.mjs", "export default { double: (n) => n * 2 };"],
  "named and default": [
    "f.mjs",
    "export const double = (n) => n * 2; export default { double: () => 'wrong' };",
  ],
  "CommonJS, compiled from an ES module": [
    "g.cjs",
    "Object.defineProperty(exports, '__esModule', { value: true }); exports.double = (n) => n * 2;",
  ],
};
const sloppyThis = inlineTask(function () {
  return this === undefined
    ? "nothing"
    : this === globalThis
      ? "nothing"
      : Object.keys(this).join();
});
const strictThis = inlineTask(function () {
  "use strict";
  return this === undefined;
});
const streamThis = inlineTask(function* () {
  "use strict";
  yield this === undefined;
});
const asyncThis = inlineTask(async function () {
  "use strict";
  return this === undefined;
});

class Counter {
  count = 5;
  get() {
    return this.count;
  }
}

export default [
  scenario("exports of modules of every make", ALL, async ({ make }) => {
    const folder = makeFolder();
    try {
      for (const [name, [file, text]] of Object.entries(MODULES)) {
        writeFileSync(join(folder, file), text);
        const { double } = importTasks(join(folder, file));
        const pool = make.shared();
        assert.equal(await pool.run(double, 21), 42, name);
        assert.deepEqual(await pool.map(double, [1, 2]).toArray(), [2, 4], name);
        const { missing } = importTasks(join(folder, file));
        const error = await pool.submit(missing).exception();
        assert.match(error.message, /missing/, name);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }),
  scenario("this of a task is undefined", ALL, async ({ make }) => {
    const pool = make.shared();
    assert.equal(await pool.run(strictThis), true);
    assert.equal(await pool.run(asyncThis), true);
    assert.equal(await pool.run(sloppyThis), "nothing");
    assert.deepEqual(await pool.map(strictThis, [1, 2, 3]).toArray(), [true, true, true]);
    assert.deepEqual(await pool.broadcast(strictThis).then((all) => all.every(Boolean)), true);
    assert.equal(await pool.with({ name: "named", timeoutMs: 5000 }).run(strictThis), true);
    for await (const undefinedThis of pool.stream(streamThis)) assert.equal(undefinedThis, true);
  }),
  scenario(
    "a method without its object fails as a plain call of it does",
    ALL,
    async ({ make }) => {
      const pool = make.shared();
      const { get } = Counter.prototype;
      // A class is strict, its text alone is not: there `this` may be globalThis, which has no count.
      const [end] = await Promise.allSettled([pool.run(inlineTask(get))]);
      assert.ok(
        end.status === "rejected" ? end.reason instanceof TypeError : end.value === undefined,
        JSON.stringify(end),
      );
    },
  ),
];
