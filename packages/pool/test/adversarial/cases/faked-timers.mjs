// Test tools put other timers and clocks in the place of the real ones, and nothing of theirs goes on by itself.
import assert from "node:assert/strict";
import FakeTimers from "@sinonjs/fake-timers";
import { importTasks, inlineTask } from "@concur/pool";
import { sleep, turn } from "../../lib/clocks.mjs";
import { ALL, WORKERS } from "../../lib/kinds.mjs";
import { scenario } from "../lib/scenario.mjs";

const tasks = importTasks(new URL("../lib/tasks.mjs", import.meta.url));
const next = inlineTask((n) => n + 1);
const wrap = inlineTask((n) => ({ n, list: [n] }));
const never = inlineTask(() => new Promise(() => undefined));

const NO_TICKS = Object.keys(FakeTimers.timers).filter(
  (name) => !["nextTick", "Intl"].includes(name),
);

/**
 * What is faked, as sinon, vitest and jest do by default, or by hand. Node's own sockets wait for ticks, so where those are
 * faked no executor with processes can work.
 */
const FAKES = {
  "all that sinon fakes": undefined,
  "all that sinon fakes but ticks": NO_TICKS,
  "what vitest fakes": [
    "setTimeout",
    "clearTimeout",
    "setInterval",
    "clearInterval",
    "setImmediate",
    "clearImmediate",
    "Date",
    "performance",
  ],
  setImmediate: ["setImmediate", "clearImmediate"],
  setTimeout: ["setTimeout", "clearTimeout"],
  queueMicrotask: ["queueMicrotask"],
  "process.nextTick": ["nextTick"],
  "process.hrtime": ["hrtime", "performance", "Date"],
};

async function useAll(pool, outcomes) {
  const calls = [];
  for (let n = 0; n < 100; n += 1) calls.push(pool.submit(n % 2 ? next : wrap, n));
  const ended = await outcomes(calls);
  ended.forEach(({ value }, n) => assert.deepEqual(value, n % 2 ? n + 1 : { n, list: [n] }));
  for (let n = 0; n < 30; n += 1) {
    const [{ value }] = await outcomes([pool.run(next, n)]);
    assert.equal(value, n + 1);
  }
  const [mapped, taken] = await outcomes([
    pool.map(wrap, Array(50).keys()).toArray(),
    collect(pool.stream(tasks.yieldOne, 20)),
  ]);
  assert.equal(mapped.value?.length, 50);
  assert.equal(taken.value?.length, 20);
}

async function collect(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

const withoutTicks = ({ toFake, kinds }) =>
  toFake === undefined || toFake.includes("nextTick")
    ? kinds.filter((kind) => !kind.startsWith("processes"))
    : kinds;

export default [
  ...Object.entries(FAKES).flatMap(([name, toFake]) => [
    scenario(
      `${name} faked before the executor is made`,
      withoutTicks({ toFake, kinds: ALL }),
      async ({ make, outcomes }) => {
        const clock = FakeTimers.install({ toFake });
        try {
          const pool = make({ maxWorkers: 1 });
          await useAll(pool, outcomes);
          const [{ status }] = await outcomes([pool.shutdown()]);
          assert.equal(status, "fulfilled");
        } finally {
          clock.uninstall();
        }
      },
      { alone: toFake === undefined },
    ),
    scenario(
      `${name} faked between calls, and put back`,
      withoutTicks({ toFake, kinds: ["threads", "processes", "async"] }),
      async ({ make, outcomes }) => {
        const pool = make({ maxWorkers: 1 });
        for (let round = 0; round < 3; round += 1) {
          await useAll(pool, outcomes);
          const before = pool.submit(next, 1);
          const clock = FakeTimers.install({ toFake });
          try {
            const during = pool.submit(wrap, 2);
            await useAll(pool, outcomes);
            const ended = await outcomes([before, during]);
            assert.deepEqual(
              ended.map(({ value }) => value),
              [2, { n: 2, list: [2] }],
            );
          } finally {
            clock.uninstall();
          }
        }
      },
    ),
  ]),
  scenario("timers that are gone altogether", ALL, async ({ make, outcomes }) => {
    const { setTimeout, clearTimeout, setImmediate, clearImmediate, queueMicrotask, setInterval } =
      globalThis;
    for (const name of [
      "setTimeout",
      "clearTimeout",
      "setImmediate",
      "clearImmediate",
      "queueMicrotask",
      "setInterval",
    ]) {
      globalThis[name] = () => {
        throw new Error(`${name} must not be used`);
      };
    }
    try {
      await useAll(make({ maxWorkers: 1 }), outcomes);
    } finally {
      Object.assign(globalThis, {
        setTimeout,
        clearTimeout,
        setImmediate,
        clearImmediate,
        queueMicrotask,
        setInterval,
      });
    }
  }),
  scenario(
    "limits of time are those of the real clock",
    WORKERS,
    async ({ make, outcomes }) => {
      const clock = FakeTimers.install({ toFake: NO_TICKS });
      try {
        const pool = make({ maxWorkers: 1, killAfterMs: 20 });
        const limited = pool.with({ timeoutMs: 30 }).submit(never);
        assert.equal((await outcomes([limited]))[0].reason?.code, "CONCUR_TIMEOUT");
        const stopped = pool.submit(never);
        while (!stopped.running()) await sleep(1);
        stopped.abort("enough");
        assert.equal((await outcomes([stopped]))[0].reason?.code, "CONCUR_CANCELLED");
        await useAll(pool, outcomes);
      } finally {
        clock.uninstall();
      }
    },
    { alone: true },
  ),
  scenario(
    "a clock that jumps forth and back",
    ["threads", "processes", "async"],
    async ({ make, outcomes, kind }) => {
      const pool = make({ maxWorkers: 1, idleTimeoutMs: kind.name === "threads" ? 50 : undefined });
      await useAll(pool, outcomes);
      const clock = FakeTimers.install({ toFake: ["Date", "performance", "hrtime"] });
      try {
        for (const to of [0, 1e12, 5, -1e9]) {
          clock.setSystemTime(to);
          if (to > 0) clock.tick(to % 1e6);
          await useAll(pool, outcomes);
          await turn();
        }
      } finally {
        clock.uninstall();
      }
    },
  ),
];
