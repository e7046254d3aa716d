// Programs and tasks that change how errors are made.
import assert from "node:assert/strict";
import { inlineTask } from "@concur/pool";
import { ALL, WORKERS } from "../../lib/kinds.mjs";
import { scenario } from "../lib/scenario.mjs";

const task = inlineTask((n) => {
  if (n % 4 === 3) throw new RangeError(`boom ${n}`, { cause: new TypeError("cause") });
  return { n, list: [n] };
});

async function burst(pool, outcomes) {
  for (let n = 12; n < 40; n += 4) await pool.run(task, n);
  const ended = await outcomes(Array.from({ length: 40 }, (_, n) => pool.submit(task, n)));
  ended.forEach(({ status, value, reason }, n) => {
    if (n % 4 !== 3) assert.deepEqual(value, { n, list: [n] }, `call ${n} ${status}`);
    else {
      assert.deepEqual([reason?.name, reason?.message], ["RangeError", `boom ${n}`]);
      assert.equal(reason.cause?.message, "cause");
    }
  });
  const mapped = pool.map(task, [0, 1, 2, 3, 4]);
  const seen = [];
  for (let n = 0; n < 5; n += 1) {
    const [{ value, reason }] = await outcomes([mapped.next()]);
    seen.push(value?.value.n ?? reason.message);
  }
  assert.deepEqual(seen, [0, 1, 2, "boom 3", 4]);
}

const PREPARERS = {
  "call sites": (_error, sites) => sites,
  nothing: () => undefined,
  "an object": () => ({}),
  "a number": () => 7,
  "a symbol": () => Symbol("stack"),
  "an error of its own": () => {
    throw new Error("no stack");
  },
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
};

export default [
  ...Object.entries(PREPARERS).map(([name, prepare]) =>
    scenario(
      `Error.prepareStackTrace of the program gives ${name}`,
      ["threads", "processes", "async"],
      async ({ make, outcomes }) => {
        Error.prepareStackTrace = prepare;
        try {
          await burst(make({ maxWorkers: 1 }), outcomes);
        } finally {
          delete Error.prepareStackTrace;
        }
      },
      { alone: name === "call sites" || name === "an error of its own" },
    ),
  ),
  scenario("Error.prepareStackTrace of a worker", WORKERS, async ({ make, outcomes }) => {
    for (const kind of ["sites", "nothing", "throws"]) {
      const pool = make({ maxWorkers: 1 });
      const change = inlineTask((how) => {
        Error.prepareStackTrace = (_error, sites) => {
          if (how === "throws") throw new Error("no stack");
          return how === "sites" ? sites : undefined;
        };
      });
      await pool.run(change, kind);
      await burst(pool, outcomes);
    }
  }),
  scenario(
    "stacks of no lines, of the program and of a worker",
    WORKERS,
    async ({ make, outcomes }) => {
      const limit = Error.stackTraceLimit;
      try {
        for (const value of [0, undefined, "many", -1]) {
          Error.stackTraceLimit = value;
          const pool = make({ maxWorkers: 1 });
          await pool.run(
            inlineTask((to) => {
              Error.stackTraceLimit = to;
            }),
            value,
          );
          await burst(pool, outcomes);
        }
      } finally {
        Error.stackTraceLimit = limit;
      }
    },
  ),
  scenario(
    "a frozen Error",
    ALL,
    async ({ make, outcomes }) => {
      Object.freeze(Error);
      await burst(make({ maxWorkers: 1 }), outcomes);
    },
    { alone: true },
  ),
  scenario(
    "an Error that is frozen between two calls",
    ["threads", "processes", "async"],
    async ({ make, outcomes }) => {
      const pool = make({ maxWorkers: 1 });
      await burst(pool, outcomes);
      Object.freeze(Error);
      Object.freeze(Error.prototype);
      await burst(pool, outcomes);
    },
    { alone: true },
  ),
  scenario(
    "an Error that is frozen in a worker",
    ["threads", "processes"],
    async ({ make, outcomes }) => {
      const pool = make({ maxWorkers: 1 });
      await pool.run(
        inlineTask(() => {
          for (const frozen of [Error, Error.prototype, RangeError, RangeError.prototype])
            Object.freeze(frozen);
        }),
      );
      await burst(pool, outcomes);
    },
  ),
  scenario(
    "Error without captureStackTrace",
    ["threads", "processes", "async"],
    async ({ make, outcomes }) => {
      delete Error.captureStackTrace;
      const pool = make({ maxWorkers: 1 });
      await pool.run(
        inlineTask(() => {
          delete Error.captureStackTrace;
        }),
      );
      await burst(pool, outcomes);
    },
    { alone: true },
  ),
  scenario(
    "frozen intrinsics",
    ["threads", "processes", "async"],
    async ({ make, outcomes }) => {
      await burst(make({ maxWorkers: 1 }), outcomes);
    },
    { flags: ["--frozen-intrinsics", "--no-warnings"] },
  ),
  scenario(
    "frozen prototypes, as a hardened program has them",
    ["threads", "processes", "async"],
    async ({ make, outcomes }) => {
      for (const one of [Object, Array, Map, Set, Promise, Function, Uint8Array]) {
        Object.freeze(one.prototype);
        Object.freeze(one);
      }
      await burst(make({ maxWorkers: 1 }), outcomes);
    },
    { alone: true },
  ),
];
