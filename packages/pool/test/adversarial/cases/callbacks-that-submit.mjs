// Callbacks run in the middle of what an executor does; whatever they hand in or take back, each call keeps its own values.
import assert from "node:assert/strict";
import { inlineTask } from "@concur/pool";
import { turn } from "../../lib/clocks.mjs";
import { ALL, WITH_CHANNEL, WORKERS } from "../../lib/kinds.mjs";
import { scenario } from "../lib/scenario.mjs";

const show = inlineTask((value) => value.id);
const echo = inlineTask((value) => value);
const fail = inlineTask((value) => {
  throw Object.assign(new RangeError(value.id), { id: value.id });
});
const report = inlineTask(async (id) => {
  const { currentTask } = await import("@concur/pool/worker");
  for (let n = 0; n < 5; n += 1) currentTask().report({ id, n });
  return id;
});

/** Submits calls of several shapes and says afterwards which got another's values. */
class Ledger {
  #pool;
  #entries = [];

  constructor(pool) {
    this.#pool = pool;
  }

  put(id) {
    const value = [{ id, list: [id] }, { id }, { id, bytes: new Uint8Array(5) }][
      this.#entries.length % 3
    ];
    const future = this.#pool.submit(show, value);
    this.#entries.push({ id, future });
    return future;
  }

  async wrong(outcomes) {
    const ended = await outcomes(this.#entries.map(({ future }) => future));
    return ended.flatMap(({ status, value, reason }, n) => {
      const { id } = this.#entries[n];
      return status === "fulfilled" && value === id
        ? []
        : [`${id} got ${value ?? reason?.message}`];
    });
  }
}

async function warm(pool) {
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(Array.from({ length: 300 }, (_, id) => pool.run(show, { id, list: [id] })));
  }
}

export default [
  scenario(
    "a refused call's callback hands in a burst",
    WITH_CHANNEL,
    async ({ make, outcomes }) => {
      const pool = make.shared();
      await warm(pool);
      for (const burst of [1, 3, 64, 100, 1000]) {
        const ledger = new Ledger(pool);
        const bad = pool.submit(show, { id: "bad", list: [() => 0] });
        bad.addDoneCallback(() => {
          for (let n = 0; n < burst; n += 1) ledger.put(`again ${n}`);
        });
        for (let n = 0; n < 20; n += 1) ledger.put(`first ${n}`);
        assert.equal((await bad.exception()).code, "CONCUR_NOT_SERIALIZABLE");
        assert.deepEqual(await ledger.wrong(outcomes), [], `after ${burst} more`);
      }
    },
  ),
  scenario(
    "several refused calls, whose callbacks hand in refused calls",
    WORKERS,
    async ({ make, outcomes }) => {
      const pool = make.shared();
      await warm(pool);
      const ledger = new Ledger(pool);
      const refused = [];
      const refuse = (depth) => {
        const bad = pool.submit(show, { id: depth, list: [() => 0] });
        refused.push(bad);
        bad.addDoneCallback(() => {
          for (let n = 0; n < 70; n += 1) ledger.put(`${depth}.${n}`);
          if (depth > 0) refuse(depth - 1);
        });
      };
      for (let n = 0; n < 60; n += 1) {
        if (n % 20 === 7) refuse(2);
        ledger.put(`first ${n}`);
      }
      while (refused.length < 9) await turn();
      assert.deepEqual(await ledger.wrong(outcomes), []);
      const ended = await outcomes(refused);
      assert.deepEqual(
        ended.map(({ reason }) => reason?.code),
        Array(9).fill("CONCUR_NOT_SERIALIZABLE"),
      );
    },
  ),
  scenario(
    "a refused call's callback cancels, maps and streams",
    WORKERS,
    async ({ make, outcomes }) => {
      const pool = make.shared();
      await warm(pool);
      const ledger = new Ledger(pool);
      const waiting = Array.from({ length: 40 }, (_, id) => pool.submit(show, { id, list: [id] }));
      let mapped;
      let streamed;
      const bad = pool.submit(show, { id: "bad", list: [() => 0] });
      const count = inlineTask(function* (list) {
        for (const n of list) yield { n };
      });
      bad.addDoneCallback(() => {
        for (const future of waiting.slice(10, 30)) future.cancel();
        mapped = pool
          .map(
            echo,
            Array.from({ length: 200 }, (_, n) => ({ n, list: [n] })),
          )
          .toArray();
        streamed = pool.stream(count, [1, 2, 3]);
      });
      for (let n = 0; n < 50; n += 1) ledger.put(n);
      await bad.exception();
      assert.deepEqual(await ledger.wrong(outcomes), []);
      const [{ value: all }] = await outcomes([mapped]);
      assert.deepEqual(
        all,
        Array.from({ length: 200 }, (_, n) => ({ n, list: [n] })),
      );
      const items = [];
      for await (const { n } of streamed) items.push(n);
      assert.deepEqual(items, [1, 2, 3]);
      const ended = await outcomes(waiting);
      ended.forEach(({ value, reason }, id) =>
        assert.ok(value === id || reason?.code === "CONCUR_CANCELLED", `${id} ${value}`),
      );
    },
  ),
  scenario(
    "callbacks of results and errors hand in bursts of other shapes",
    ALL,
    async ({ make, outcomes }) => {
      const pool = make.shared();
      const ledger = new Ledger(pool);
      const firsts = [];
      for (let n = 0; n < 60; n += 1) {
        const future =
          n % 5 === 0 ? pool.submit(fail, { id: `failed ${n}` }) : ledger.put(`first ${n}`);
        firsts.push(future);
        future.addDoneCallback(() => {
          for (let more = 0; more < 70 && n % 20 < 6; more += 1) ledger.put(`${n}.${more}`);
        });
      }
      const ended = await outcomes(firsts);
      ended.forEach(({ reason }, n) =>
        assert.equal(reason?.id, n % 5 === 0 ? `failed ${n}` : undefined),
      );
      assert.deepEqual(await ledger.wrong(outcomes), []);
    },
  ),
  scenario(
    "progress listeners hand in bursts and take calls back",
    ALL,
    async ({ make, outcomes }) => {
      const pool = make({ maxWorkers: 1, concurrencyPerWorker: 4 });
      const ledger = new Ledger(pool);
      const heard = [];
      const futures = Array.from({ length: 6 }, (_, id) => {
        const future = pool.submit(report, `reporter ${id}`);
        future.onProgress((value) => {
          heard.push(value);
          for (let n = 0; n < 70; n += 1) ledger.put(`${id}.${value.n}.${n}`);
          pool.submit(echo, { id: "taken back" }).cancel();
        });
        return future;
      });
      const ended = await outcomes(futures);
      assert.deepEqual(
        ended.map(({ value }) => value),
        futures.map((_, id) => `reporter ${id}`),
      );
      assert.deepEqual(await ledger.wrong(outcomes), []);
      assert.ok(heard.every(({ id }) => /^reporter \d$/.test(id)));
    },
  ),
  scenario("an iterable that hands in calls while it is read", ALL, async ({ make, outcomes }) => {
    const pool = make.shared();
    const ledger = new Ledger(pool);
    function* items() {
      for (let n = 0; n < 200; n += 1) {
        if (n % 50 === 0) for (let more = 0; more < 70; more += 1) ledger.put(`${n}.${more}`);
        yield { n, list: [n] };
      }
    }
    for (const options of [{}, { chunkSize: 9 }, { bufferSize: 20 }]) {
      const [{ value }] = await outcomes([pool.with(options).map(echo, items()).toArray()]);
      assert.deepEqual(
        value,
        Array.from({ length: 200 }, (_, n) => ({ n, list: [n] })),
      );
    }
    assert.deepEqual(await ledger.wrong(outcomes), []);
  }),
  scenario(
    "getters of arguments that hand in calls while they are copied",
    WORKERS,
    async ({ make, outcomes }) => {
      const pool = make.shared();
      await warm(pool);
      const ledger = new Ledger(pool);
      const nosy = [];
      for (let n = 0; n < 30; n += 1) {
        ledger.put(`before ${n}`);
        const value = {
          list: [n],
          get id() {
            for (let more = 0; more < 70 && n % 10 === 0 && nosy.length < 1000; more += 1)
              ledger.put(`${n}.${more}`);
            return n;
          },
        };
        nosy.push(pool.submit(show, value));
      }
      const ended = await outcomes(nosy);
      assert.deepEqual(
        ended.map(({ value, reason }) => value ?? reason),
        nosy.map((_, n) => n),
      );
      assert.deepEqual(await ledger.wrong(outcomes), []);
    },
  ),
  scenario(
    "subscribers of the tracing channels hand in calls",
    WORKERS,
    async ({ make, outcomes }) => {
      const { tracingChannel } = await import("node:diagnostics_channel");
      const pool = make.shared();
      const ledger = new Ledger(pool);
      let left = 300;
      const nosy = () => {
        // Not for the calls that it hands in itself.
        if (left > 0) {
          left -= 1;
          ledger.put(`told ${left}`);
        }
      };
      const subscribers = { start: nosy, end: nosy, asyncStart: nosy, asyncEnd: nosy, error: nosy };
      tracingChannel("concur:call").subscribe(subscribers);
      try {
        for (let n = 0; n < 100; n += 1) ledger.put(n);
        assert.deepEqual(await ledger.wrong(outcomes), []);
        const values = Array.from({ length: 100 }, (_, n) => ({ n, list: [n] }));
        const [{ value }] = await outcomes([pool.map(echo, values).toArray()]);
        assert.deepEqual(value, values);
      } finally {
        tracingChannel("concur:call").unsubscribe(subscribers);
      }
      assert.deepEqual(await ledger.wrong(outcomes), []);
    },
  ),
  scenario("callbacks that throw and reject disturb nobody", ALL, async ({ make, outcomes }) => {
    const warnings = [];
    process.on("warning", (warning) => warnings.push(warning));
    const pool = make.shared();
    const ledger = new Ledger(pool);
    for (let n = 0; n < 200; n += 1) {
      const future = ledger.put(n);
      if (n % 3 === 0)
        future.addDoneCallback(() => {
          throw n % 2 ? undefined : new Error("thrown");
        });
      if (n % 3 === 1) future.addDoneCallback(() => Promise.reject(null));
      if (n % 3 === 2)
        future.addDoneCallback(() => ({
          then() {
            throw new Error("odd");
          },
        }));
    }
    assert.deepEqual(await ledger.wrong(outcomes), []);
  }),
];
