// The system gives no file descriptors, or takes away the folder that a program runs in.
import assert from "node:assert/strict";
import { closeSync, openSync, rmdirSync } from "node:fs";
import { inlineTask } from "@concur/pool";
import { sleep } from "../../lib/clocks.mjs";
import { makeFolder, WORKERS } from "../../lib/kinds.mjs";
import { scenario } from "../lib/scenario.mjs";

const nap = inlineTask((ms) => new Promise((resolve) => setTimeout(resolve, ms, `waited ${ms}`)));
const spin = inlineTask((ms) => {
  const until = performance.now() + ms;
  while (performance.now() < until);
  return "spun";
});

async function withoutDescriptors(body) {
  const taken = [];
  try {
    for (;;) taken.push(openSync("/dev/null"));
  } catch {
    // There are none left.
  }
  try {
    return await body();
  } finally {
    for (const descriptor of taken) closeSync(descriptor);
  }
}

/** Node itself starts no thread in a folder that is gone. */
export default [
  scenario(
    "a working directory that is deleted before the first worker",
    ["processes", "processes-without-socket"],
    async ({ make, outcomes }) => {
      const folder = makeFolder();
      process.chdir(folder);
      rmdirSync(folder);
      const pool = make({ maxWorkers: 1 });
      for (let n = 0; n < 2; n += 1) {
        const [{ value, reason }] = await outcomes([pool.submit(nap, 300)]);
        assert.equal(value, "waited 300", String(reason));
      }
    },
    { alone: true },
  ),
  scenario(
    "a working directory that is deleted under a worker",
    ["threads", "processes"],
    async ({ make, outcomes }) => {
      const folder = makeFolder();
      process.chdir(folder);
      const pool = make({ maxWorkers: 2 });
      await pool.run(nap, 1);
      rmdirSync(folder);
      const ended = await outcomes([
        pool.submit(nap, 200),
        pool.submit(spin, 200),
        pool.submit(nap, 200),
      ]);
      assert.deepEqual(
        ended.map(({ value, reason }) => value ?? reason?.message),
        ["waited 200", "spun", "waited 200"],
      );
    },
    { alone: true },
  ),
  scenario(
    "no descriptor is free while a second worker is wanted",
    WORKERS,
    async ({ make, outcomes }) => {
      const pool = make({ maxWorkers: 2 });
      await pool.run(nap, 1);
      const running = pool.submit(nap, 1000);
      await sleep(100);
      const wanted = await withoutDescriptors(async () => {
        const more = [pool.submit(nap, 10), pool.submit(nap, 10)];
        await sleep(300);
        return more;
      });
      const [healthy, ...others] = await outcomes([running, ...wanted]);
      assert.equal(healthy.value, "waited 1000", String(healthy.reason));
      for (const { value, reason } of others) {
        assert.ok(value === "waited 10" || reason?.code?.startsWith("CONCUR_"), String(reason));
      }
      const later = await outcomes([pool.submit(nap, 1), pool.submit(nap, 1)]);
      assert.deepEqual(
        later.map(({ value, reason }) => value ?? reason?.message),
        ["waited 1", "waited 1"],
      );
    },
    { ulimit: 256 },
  ),
  scenario(
    "no descriptor is free for the first worker, for a moment",
    ["threads", "processes"],
    async ({ make, outcomes }) => {
      const pool = make({ maxWorkers: 2 });
      const early = await withoutDescriptors(async () => {
        const calls = [pool.submit(nap, 1), pool.submit(nap, 1)];
        await sleep(100);
        return calls;
      });
      for (const { value, reason } of await outcomes(early)) {
        assert.ok(value === "waited 1" || reason?.code?.startsWith("CONCUR_"), String(reason));
      }
    },
    { ulimit: 256 },
  ),
  scenario(
    "no descriptor is free when a worker that died is replaced",
    ["threads", "processes"],
    async ({ make, outcomes }) => {
      const pool = make({ maxWorkers: 2 });
      const [one, two] = [pool.submit(nap, 60), pool.submit(nap, 60)];
      await outcomes([one, two]);
      const running = pool.submit(nap, 1000);
      const dying = pool.submit(
        inlineTask(() => new Promise(() => setTimeout(() => process.exit(3), 100))),
      );
      await sleep(50);
      const waiting = await withoutDescriptors(async () => {
        const more = [pool.submit(nap, 1), pool.submit(nap, 1)];
        await sleep(500);
        return more;
      });
      const [healthy, dead, ...others] = await outcomes([running, dying, ...waiting]);
      assert.equal(healthy.value, "waited 1000", String(healthy.reason));
      assert.equal(dead.reason?.code, "CONCUR_WORKER_CRASHED");
      for (const { value, reason } of others) {
        assert.ok(value === "waited 1" || reason?.code?.startsWith("CONCUR_"), String(reason));
      }
      const [{ value, reason }] = await outcomes([pool.submit(nap, 2)]);
      assert.equal(value, "waited 2", String(reason));
    },
    { ulimit: 256 },
  ),
];
