// A task leaves faked timers and clocks behind in its worker.
import assert from "node:assert/strict";
import { inlineTask } from "@concur/pool";
import { sleep } from "../../lib/clocks.mjs";
import { WITH_CHANNEL, WORKERS } from "../../lib/kinds.mjs";
import { scenario } from "../lib/scenario.mjs";

const FAKE = {
  "a frozen process.hrtime": inlineTask(() => {
    process.hrtime = Object.assign(() => [1, 0], { bigint: () => 1n });
  }),
  "a frozen performance.now and Date": inlineTask(() => {
    performance.now = () => 1;
    Date.now = () => 1;
  }),
  "timers that never come": inlineTask(() => {
    globalThis.setTimeout = () => ({ ref: () => 0, unref: () => 0 });
    globalThis.setImmediate = () => ({ ref: () => 0, unref: () => 0 });
    globalThis.setInterval = () => ({ ref: () => 0, unref: () => 0 });
    globalThis.clearTimeout = () => undefined;
    globalThis.clearImmediate = () => undefined;
  }),
  "microtasks that never come": inlineTask(() => {
    globalThis.queueMicrotask = () => undefined;
  }),
  "ticks that never come": inlineTask(() => {
    process.nextTick = () => undefined;
  }),
  "Atomics that are frozen and Promise methods that are gone": inlineTask(() => {
    Object.freeze(Atomics);
    Promise.allSettled = undefined;
    Promise.race = undefined;
  }),
  "all that sinon fakes": inlineTask(async (url) => {
    const { default: FakeTimers } = await import(url);
    FakeTimers.install();
  }),
};
const url = import.meta.resolve("@sinonjs/fake-timers");
const wrap = inlineTask((n) => ({ n, list: [n] }));
const fail = inlineTask((n) => {
  throw new RangeError(`no ${n}`);
});

export default Object.entries(FAKE).flatMap(([name, fake]) => [
  scenario(
    `${name}: calls go on and the executor ends`,
    name.startsWith("timers") ? WITH_CHANNEL : WORKERS,
    async ({ make, outcomes }) => {
      const pool = make({ maxWorkers: 1 });
      await pool.run(wrap, 0);
      await pool.run(fake, url);
      for (let round = 0; round < 3; round += 1) {
        const ended = await outcomes(
          Array.from({ length: 60 }, (_, n) => pool.submit(n % 6 === 5 ? fail : wrap, n)),
        );
        ended.forEach(({ value, reason }, n) => {
          if (n % 6 === 5) assert.equal(reason.message, `no ${n}`);
          else assert.deepEqual(value, { n, list: [n] });
        });
        // Long enough for the worker to rest.
        await sleep(20);
      }
      const [mapped] = await outcomes([pool.map(wrap, Array(100).keys()).toArray()]);
      assert.deepEqual(mapped.value?.at(-1), { n: 99, list: [99] });
      assert.equal(pool.stats().workers, 1);
      const [{ status }] = await outcomes([pool.shutdown()]);
      assert.equal(status, "fulfilled");
    },
  ),
  scenario(`${name}: a worker without work rests`, ["threads"], async ({ make, outcomes }) => {
    const pool = make({ maxWorkers: 1 });
    await pool.run(wrap, 0);
    await pool.run(fake, url);
    // A thread that did not rest would use as much processor time as it is given, on however busy a machine: two
    // looks that see hardly any decide.
    let least = Infinity;
    for (let look = 0; look < 4 && least > 100_000; look += 1) {
      const before = process.cpuUsage();
      await sleep(200);
      const { user, system } = process.cpuUsage(before);
      least = Math.min(least, user + system);
    }
    assert.ok(least < 100_000, `an idle executor used ${least} µs of processor time in 200 ms`);
    const [{ status }] = await outcomes([pool.shutdown()]);
    assert.equal(status, "fulfilled");
  }),
]);
