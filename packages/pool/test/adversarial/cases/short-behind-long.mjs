// Short calls do not wait for a long one while another worker is free.
import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inlineTask } from "@concur/pool";
import { sleep } from "../../lib/clocks.mjs";
import { WITH_CHANNEL, WORKERS, makeFolder } from "../../lib/kinds.mjs";
import { scenario } from "../lib/scenario.mjs";

/** Holds its worker until a file is there. */
const hold = inlineTask((file) => {
  const { existsSync, writeFileSync } = process.getBuiltinModule("node:fs");
  writeFileSync(`${file}.begun`, "");
  while (!existsSync(file));
  return "held";
});
const open = inlineTask((file) => process.getBuiltinModule("node:fs").writeFileSync(file, ""));
const add = inlineTask((a, b) => a + b);
const nap = inlineTask((ms) => new Promise((resolve) => setTimeout(resolve, ms)));

async function withHeld({ make, outcomes }, options, body) {
  const folder = makeFolder();
  const gate = join(folder, "gate");
  const pool = make({ maxWorkers: 2, ...options });
  try {
    await Promise.all([pool.run(nap, 60), pool.run(nap, 60)]);
    const long = pool.submit(hold, gate);
    // The call that lets the long one go is the last of all: were one stuck behind it, none of this would end.
    await body(pool, long);
    assert.equal(long.done(), false);
    const [{ value }] = await outcomes([pool.submit(open, gate)]);
    assert.equal(value, undefined);
    assert.equal((await outcomes([long]))[0].value, "held");
  } finally {
    await pool.killWorkers();
    rmSync(folder, { recursive: true, force: true });
  }
  return gate;
}

export default [
  scenario("a burst of short calls right after a long one", WITH_CHANNEL, (tools) =>
    withHeld(tools, {}, async (pool) => {
      const ended = await tools.outcomes(
        Array.from({ length: 500 }, (_, n) => pool.submit(add, n, 0)),
      );
      ended.forEach(({ value }, n) => assert.equal(value, n));
    }),
  ),
  scenario("short calls whose time is known, right after a long one", WORKERS, async (tools) =>
    withHeld(tools, {}, async (pool, long) => {
      for (let round = 0; round < 5; round += 1) {
        const ended = await tools.outcomes(
          Array.from({ length: 300 }, (_, n) => pool.submit(add, n, round)),
        );
        ended.forEach(({ value }, n) => assert.equal(value, n + round));
      }
      assert.equal(long.running(), true);
    }),
  ),
  scenario("a map right after a long call", WORKERS, (tools) =>
    withHeld(tools, {}, async (pool) => {
      const [{ value }] = await tools.outcomes([
        pool.map(add, Array(2000).keys(), Array(2000).fill(1)).toArray(),
      ]);
      assert.equal(value.length, 2000);
    }),
  ),
  scenario("short calls of a higher priority", WORKERS, (tools) =>
    withHeld(tools, {}, async (pool) => {
      const ended = await tools.outcomes(
        Array.from({ length: 200 }, (_, n) => pool.with({ priority: n % 3 }).submit(add, n, 0)),
      );
      ended.forEach(({ value }, n) => assert.equal(value, n));
    }),
  ),
  scenario(
    "short calls with objects, behind a long call that is known as short",
    WORKERS,
    async ({ make, outcomes }) => {
      // The long call is of the task that was short until now, so it is expected to be over at once.
      const folder = makeFolder();
      const gate = join(folder, "gate");
      const pool = make({ maxWorkers: 2 });
      const maybe = inlineTask((value) => {
        const { existsSync, writeFileSync } = process.getBuiltinModule("node:fs");
        if (value.file) {
          writeFileSync(`${value.file}.begun`, "");
          while (!existsSync(value.file));
        }
        return value.n;
      });
      try {
        await Promise.all([pool.run(nap, 60), pool.run(nap, 60)]);
        await Promise.all(Array.from({ length: 500 }, (_, n) => pool.run(maybe, { n })));
        const long = pool.submit(maybe, { n: -1, file: gate });
        while (!existsSync(`${gate}.begun`)) await sleep(1);
        const ended = await outcomes(
          Array.from({ length: 300 }, (_, n) => pool.submit(maybe, { n })),
        );
        ended.forEach(({ value, reason }, n) => assert.equal(value, n, String(reason)));
        await outcomes([pool.submit(open, gate)]);
        assert.equal((await outcomes([long]))[0].value, -1);
      } finally {
        await pool.killWorkers();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  ),
];
