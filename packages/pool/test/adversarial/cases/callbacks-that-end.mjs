// Callbacks that end the executor, or a call that has just ended, in the middle of the collecting of results.
import assert from "node:assert/strict";
import { inlineTask } from "@concur/pool";
import { sleep, turn } from "../../lib/clocks.mjs";
import { ALL, WITH_CHANNEL, WORKERS } from "../../lib/kinds.mjs";
import { scenario } from "../lib/scenario.mjs";

const work = inlineTask((n) => {
  let sum = 0;
  for (let i = 0; i < 20_000; i += 1) sum += i % 7;
  return sum > 0 ? { n, list: [n] } : undefined;
});
const number = inlineTask((n) => n);
const user = inlineTask((n) => ({ id: n, name: `user ${n}` }));
const order = inlineTask(async (ms) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { total: 1, currency: "EUR" };
});

const ENDS = {
  "terminateWorkers()": (pool) => pool.terminateWorkers(),
  "killWorkers()": (pool) => pool.killWorkers(),
  "shutdown({ cancelFutures })": (pool) => pool.shutdown({ cancelFutures: true }),
  "shutdown({ timeoutMs: 0 })": (pool) => pool.shutdown({ timeoutMs: 0 }),
  "shutdown()": (pool) => pool.shutdown(),
};

/** A fraction of a millisecond, as a callback takes that does something with a result. */
function think() {
  JSON.stringify(Array.from({ length: 3000 }, (_, n) => n));
}

async function endInCallback({ make, outcomes }, task, end, rounds) {
  for (let round = 0; round < rounds; round += 1) {
    const pool = make({ maxWorkers: 1 });
    await Promise.all(Array.from({ length: 100 }, (_, n) => pool.run(task, n)));
    const settled = [];
    const futures = Array.from({ length: 100 }, (_, n) => pool.submit(task, n));
    futures.forEach((future, n) => {
      settled[n] = 0;
      future.addDoneCallback(() => (settled[n] += 1));
    });
    let ended;
    futures[50].addDoneCallback(() => {
      think();
      ended = end(pool);
      assert.throws(() => pool.submit(task, 1), { code: "CONCUR_SHUTDOWN" });
    });
    const all = await outcomes(futures);
    await outcomes([ended]);
    all.forEach(({ status, value, reason }, n) => {
      const right =
        status === "fulfilled"
          ? (value.n ?? value) === n
          : ["CONCUR_CANCELLED", "CONCUR_BROKEN"].includes(reason.code);
      assert.ok(right, `call ${n}: ${reason ?? JSON.stringify(value)}`);
    });
    assert.deepEqual(
      settled,
      settled.map(() => 1),
    );
    const { workers, pending, running, completed, failed, cancelled } = pool.stats();
    assert.deepEqual({ workers, pending, running }, { workers: 0, pending: 0, running: 0 });
    assert.equal(completed + failed + cancelled, 200);
  }
}

export default [
  ...Object.entries(ENDS).flatMap(([name, end]) => [
    scenario(`${name} in a done callback`, ALL, (tools) =>
      endInCallback(tools, work, end, tools.kind.name === "threads" ? 4 : 1),
    ),
    scenario(`${name} in a done callback of a short call`, ["threads", "async"], (tools) =>
      endInCallback(tools, number, end, 4),
    ),
  ]),
  scenario(
    "abort() without a grace, of another call, in a done callback",
    WORKERS,
    async ({ make, outcomes }) => {
      const pool = make({ maxWorkers: 1, killAfterMs: 0 });
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(Array.from({ length: 100 }, (_, n) => pool.run(work, n)));
        const futures = Array.from({ length: 100 }, (_, n) => pool.submit(work, n));
        futures[50].addDoneCallback(() => {
          think();
          for (const future of futures.slice(51, 60)) future.abort("enough");
        });
        const ended = await outcomes(futures);
        ended.forEach(({ status, value, reason }, n) => {
          if (status === "fulfilled") assert.equal(value.n, n);
          else
            assert.ok(
              n > 50 && ["CONCUR_CANCELLED", "CONCUR_WORKER_CRASHED"].includes(reason.code),
              `${n} ${reason}`,
            );
        });
        const [{ value }] = await outcomes([pool.submit(number, 7)]);
        assert.equal(value, 7);
      }
    },
  ),
  scenario(
    "abort() without a grace of a call that has just ended",
    WORKERS,
    async ({ make, outcomes, kind }) => {
      const pool = make({ maxWorkers: 1, concurrencyPerWorker: 8, killAfterMs: 0 });
      for (let round = 0; round < (kind.name === "threads" ? 6 : 2); round += 1) {
        await Promise.all(Array.from({ length: 50 }, (_, n) => pool.run(user, n)));
        const b = pool.submit(order, 30);
        await sleep(10);
        const others = Array.from({ length: 6 }, (_, n) => pool.submit(user, n));
        others[0].addDoneCallback(() => {
          b.abort();
        });
        // Handed out; this thread is busy meanwhile, and all of them end.
        await null;
        const until = performance.now() + 60;
        while (performance.now() < until);
        const ended = await outcomes(others);
        ended.forEach(({ value, reason }, n) => {
          const seen = JSON.stringify(value ?? reason.code);
          const right = [JSON.stringify({ id: n, name: `user ${n}` }), '"CONCUR_WORKER_CRASHED"'];
          assert.ok(right.includes(seen), `call ${n} gave ${seen}`);
        });
        const [last] = await outcomes([b]);
        const seen = JSON.stringify(last.value ?? last.reason.code);
        assert.ok(['{"total":1,"currency":"EUR"}', '"CONCUR_CANCELLED"'].includes(seen), seen);
      }
    },
  ),
  scenario(
    "records of several shapes among callbacks that abort",
    ["threads"],
    async ({ make, outcomes }) => {
      const shapes = [
        inlineTask((id) => ({ id, name: `n${id}` })),
        inlineTask((id) => ({ total: id, currency: "EUR" })),
        inlineTask((id) => ({ a: id, b: id, c: id })),
      ];
      const expected = [
        (id) => ({ id, name: `n${id}` }),
        (total) => ({ total, currency: "EUR" }),
        (a) => ({ a, b: a, c: a }),
      ];
      const pool = make({ maxWorkers: 1, concurrencyPerWorker: 16, killAfterMs: 0 });
      for (let round = 0; round < 8; round += 1) {
        const slow = Array.from({ length: 3 }, () => pool.submit(order, 5));
        const calls = Array.from({ length: 90 }, (_, id) => pool.submit(shapes[id % 3], id));
        calls[20].addDoneCallback(() => slow[0].abort());
        calls[21].addDoneCallback(() => slow[1].abort());
        const until = performance.now() + 15;
        await null;
        while (performance.now() < until);
        const ended = await outcomes(calls);
        ended.forEach(({ value, reason }, id) => {
          if (reason === undefined) assert.deepEqual(value, expected[id % 3](id));
          else assert.equal(reason.code, "CONCUR_WORKER_CRASHED");
        });
        await outcomes(slow);
      }
    },
  ),
  scenario(
    "a progress listener that ends the executor",
    WITH_CHANNEL,
    async ({ make, outcomes }) => {
      for (const end of Object.values(ENDS).slice(0, 3)) {
        const pool = make({ maxWorkers: 1 });
        const task = inlineTask(async () => {
          const { currentTask } = await import("@concur/pool/worker");
          for (let n = 0; n < 100; n += 1) currentTask().report(n);
          return "done";
        });
        const future = pool.submit(task);
        let ended;
        future.onProgress((n) => {
          if (n === 3) ended = end(pool);
        });
        const [{ value, reason }] = await outcomes([future]);
        assert.ok(value === "done" || ["CONCUR_BROKEN", "CONCUR_CANCELLED"].includes(reason?.code));
        await outcomes([ended]);
      }
    },
  ),
  scenario("an iterable that ends the executor it is read for", ALL, async ({ make, outcomes }) => {
    for (const end of Object.values(ENDS)) {
      const pool = make({ maxWorkers: 1 });
      let ended;
      function* items() {
        for (let n = 0; n < 50; n += 1) {
          if (n === 20) ended = end(pool);
          yield n;
        }
      }
      let results;
      try {
        results = pool.map(number, items());
      } catch (error) {
        assert.equal(error.code, "CONCUR_SHUTDOWN");
      }
      const read = (async () => {
        const codes = [];
        for (let n = 0; results !== undefined && n < 60; n += 1) {
          try {
            const { done } = await results.next();
            if (done) return codes;
          } catch (error) {
            codes.push(error.code);
          }
        }
        return codes;
      })();
      const [{ value: codes }] = await outcomes([read]);
      assert.ok(
        codes.every((code) =>
          ["CONCUR_CANCELLED", "CONCUR_BROKEN", "CONCUR_SHUTDOWN"].includes(code),
        ),
        codes.join(),
      );
      await outcomes([ended]);
    }
  }),
  scenario("an abort listener that ends the executor", ALL, async ({ make, outcomes }) => {
    for (const end of Object.values(ENDS)) {
      const pool = make({ maxWorkers: 1, killAfterMs: 5 });
      const controller = new AbortController();
      let ended;
      controller.signal.addEventListener("abort", () => (ended = end(pool)));
      const futures = Array.from({ length: 5 }, () =>
        pool.with({ signal: controller.signal }).submit(order, 50),
      );
      controller.signal.addEventListener("abort", () => (ended = end(pool)));
      await turn();
      controller.abort("enough");
      const all = await outcomes(futures);
      for (const { value, reason } of all) {
        assert.ok(
          value?.total === 1 || ["CONCUR_CANCELLED", "CONCUR_BROKEN"].includes(reason?.code),
          String(reason),
        );
      }
      await outcomes([ended]);
    }
  }),
  scenario(
    "a line of output whose listener ends the executor",
    ["threads", "processes"],
    async ({ make, outcomes }) => {
      for (const end of Object.values(ENDS).slice(0, 3)) {
        let ended;
        const pool = make({ maxWorkers: 1, onConsole: () => (ended ??= end(pool)) });
        const future = pool.submit(
          inlineTask(async () => {
            for (let n = 0; n < 10; n += 1) {
              console.log("line", n);
              await new Promise((resolve) => setTimeout(resolve, 2));
            }
            return "done";
          }),
        );
        const [{ value, reason }] = await outcomes([future]);
        assert.ok(
          value === "done" || ["CONCUR_BROKEN", "CONCUR_CANCELLED"].includes(reason?.code),
          String(reason),
        );
        await outcomes([pool.shutdown(), ended ?? Promise.resolve()]);
      }
    },
  ),
];
