// An argument that cannot be sent fails its own call, and no other call is given anything but its own arguments.
import assert from "node:assert/strict";
import { inlineTask } from "@concur/pool";
import { turn } from "../../lib/clocks.mjs";
import { WITH_CHANNEL, WORKERS } from "../../lib/kinds.mjs";
import { PRETENDERS, UNSENDABLE } from "../lib/odd-values.mjs";
import { scenario } from "../lib/scenario.mjs";

const show = inlineTask((value) => value.id);
const showSecond = inlineTask((_first, value) => value?.id);
const look = inlineTask(() => "arrived");
const CALLS = 60;

/** Ways to write a call with an identity; each travels in another way. */
const CARRIERS = {
  records: (id) => ({ id }),
  lists: (id) => ({ id, list: [id] }),
  bytes: (id) => ({ id, bytes: new Uint8Array(9).fill(id) }),
  mixed: (id) =>
    [{ id }, { id, list: [id] }, { id, map: new Map() }, { id, text: "x".repeat(300) }][id % 4],
};

async function warm(pool) {
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(Array.from({ length: CALLS }, (_, id) => pool.run(show, { id, list: [id] })));
  }
}

function judge(ended, bad, name) {
  ended.forEach(({ status, value, reason }, n) => {
    if (!bad.has(n))
      assert.deepEqual([status, value], ["fulfilled", n], `${name}: call ${n} ${reason?.message}`);
  });
}

export default [
  scenario("beside a value that cannot be sent", WITH_CHANNEL, async ({ make, outcomes }) => {
    const pool = make.shared();
    await warm(pool);
    for (const [name, create] of Object.entries(UNSENDABLE)) {
      for (const [way, carry] of Object.entries(CARRIERS)) {
        const ended = await outcomes(
          Array.from({ length: CALLS }, (_, n) =>
            pool.submit(show, n === 10 ? create() : carry(n)),
          ),
        );
        judge(ended, new Set([10]), `${name} among ${way}`);
        assert.equal(
          ended[10].reason?.code,
          "CONCUR_NOT_SERIALIZABLE",
          `${name}: ${ended[10].value}`,
        );
        assert.equal(ended[10].reason.phase, "arguments");
      }
    }
  }),
  scenario("beside a value that is not what it seems", WORKERS, async ({ make, outcomes }) => {
    const pool = make.shared();
    await warm(pool);
    for (const [name, create] of Object.entries(PRETENDERS)) {
      const ended = await outcomes(
        Array.from({ length: CALLS }, (_, n) =>
          n === 10 ? pool.submit(look, create()) : pool.submit(show, CARRIERS.mixed(n)),
        ),
      );
      judge(ended, new Set([10]), name);
      const own = ended[10].value ?? ended[10].reason.code;
      assert.ok(["arrived", "CONCUR_NOT_SERIALIZABLE"].includes(own), `${name}: ${own}`);
    }
  }),
  scenario("as the very first call", WORKERS, async ({ make, outcomes }) => {
    for (const name of ["a revoked proxy", "a proxy of bytes", "an object whose getter throws"]) {
      const pool = make.shared();
      const [bad, good] = await outcomes([
        pool.submit(show, UNSENDABLE[name]()),
        pool.submit(show, { id: 1 }),
      ]);
      assert.deepEqual([bad.reason?.code, good.value], ["CONCUR_NOT_SERIALIZABLE", 1], name);
    }
  }),
  scenario(
    "as the second argument, with a name, and in pairs",
    WORKERS,
    async ({ make, outcomes }) => {
      const pool = make.shared();
      await warm(pool);
      for (const [name, create] of Object.entries(UNSENDABLE)) {
        const bad = new Set([0, 7, 8, 30, CALLS - 1]);
        const ended = await outcomes(
          Array.from({ length: CALLS }, (_, n) => {
            const value = bad.has(n) ? create() : CARRIERS.mixed(n);
            const to = n % 3 === 0 ? pool.with({ name: `call ${n}` }) : pool;
            return to.submit(showSecond, n, value);
          }),
        );
        judge(ended, bad, name);
        for (const n of bad)
          assert.equal(ended[n].reason?.code, "CONCUR_NOT_SERIALIZABLE", `${name}: call ${n}`);
      }
    },
  ),
  scenario("among the items of a map", WORKERS, async ({ make, limitMs }) => {
    const pool = make.shared();
    await warm(pool);
    for (const [name, create] of Object.entries(UNSENDABLE)) {
      for (const chunkSize of [1, 7, undefined]) {
        const items = Array.from({ length: CALLS }, (_, n) =>
          n === 10 ? create() : CARRIERS.mixed(n),
        );
        const results = pool.with({ chunkSize, deadlineMs: limitMs }).map(show, items);
        const ended = [];
        while (ended.length < CALLS) {
          const [step] = await Promise.allSettled([results.next()]);
          if (step.value?.done) break;
          ended.push({ status: step.status, value: step.value?.value, reason: step.reason });
        }
        assert.equal(ended.length, CALLS, name);
        judge(ended, new Set([10]), `${name} in chunks of ${chunkSize}`);
        assert.equal(ended[10].reason?.code, "CONCUR_NOT_SERIALIZABLE", name);
      }
    }
  }),
  scenario(
    "of a stream, a broadcast, and of what is fed item by item",
    WORKERS,
    async ({ make, outcomes }) => {
      const pool = make.shared();
      await warm(pool);
      const count = inlineTask(function* (value) {
        yield typeof value;
      });
      const sum = inlineTask(async (items) => {
        let all = 0;
        for await (const item of items) all += item.id;
        return all;
      });
      for (const [name, create] of Object.entries(UNSENDABLE)) {
        // A generator would wait for what it yields, and so ask a proxy for its `then` itself.
        const steps = [{ id: 1 }, create()].values();
        const items = { [Symbol.asyncIterator]: () => ({ next: async () => steps.next() }) };
        const ended = await outcomes([
          pool.submit(show, { id: 0, list: [] }),
          pool.stream(count, create()).next(),
          pool.broadcast(look, create()),
          pool.submit(sum, items),
          pool.submit(show, { id: 1, list: [] }),
        ]);
        assert.deepEqual([ended[0].value, ended[4].value], [0, 1], name);
        for (const at of [1, 2, 3]) {
          assert.equal(
            ended[at].reason?.code,
            "CONCUR_NOT_SERIALIZABLE",
            `${name}: ${at} ${ended[at].reason?.message}`,
          );
        }
      }
    },
  ),
  scenario("results and progress that cannot be sent back", WORKERS, async ({ make, outcomes }) => {
    const pool = make.shared();
    await warm(pool);
    const { importTasks } = await import("@concur/pool");
    const odd = importTasks(new URL("../lib/odd-tasks.mjs", import.meta.url));
    for (const name of Object.keys(UNSENDABLE)) {
      const ended = await outcomes(
        Array.from({ length: CALLS }, (_, n) =>
          n === 10 ? pool.submit(odd.giveOdd, name) : pool.submit(show, CARRIERS.mixed(n)),
        ),
      );
      judge(ended, new Set([10]), name);
      assert.equal(ended[10].reason?.code, "CONCUR_NOT_SERIALIZABLE", name);
      assert.equal(ended[10].reason.phase, "result");
      const [thrown, bare] = await outcomes([
        pool.submit(odd.throwOdd, name),
        pool.submit(odd.giveBare, name),
      ]);
      // To look for its `then` may throw already, as it does in an async function.
      assert.equal(bare.status, "rejected", name);
      assert.equal(thrown.status, "rejected", name);
      assert.equal(await pool.run(odd.reportOdd, name), "CONCUR_NOT_SERIALIZABLE", name);
    }
  }),
  scenario("values from another realm", WORKERS, async ({ make, outcomes }) => {
    const { runInNewContext } = await import("node:vm");
    const pool = make.shared();
    await warm(pool);
    const make_ = (text) => runInNewContext(text);
    const echo = inlineTask((value) => value);
    const ended = await outcomes([
      ...[
        "({ id: 1 })",
        "[1, [2]]",
        "new Map([[1, 2]])",
        "new Uint8Array([1, 2])",
        "new Date(5)",
        "({ id: 2, list: [1] })",
      ].map((text) => pool.submit(echo, make_(text))),
      pool.submit(show, { id: 6 }),
    ]);
    assert.deepEqual(
      ended.map(({ value, reason }) => value ?? reason),
      [
        { id: 1 },
        [1, [2]],
        new Map([[1, 2]]),
        new Uint8Array([1, 2]),
        new Date(5),
        { id: 2, list: [1] },
        6,
      ],
    );
    await turn();
  }),
];
