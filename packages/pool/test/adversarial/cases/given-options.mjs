// Environments and options of workers that are not what an executor can use.
import assert from "node:assert/strict";
import { SHARE_ENV } from "node:worker_threads";
import { inlineTask, ProcessPoolExecutor, ThreadPoolExecutor } from "@concur/pool";
import { scenario } from "../lib/scenario.mjs";

const look = inlineTask((name) => [process.env[name], Object.keys(process.env).length]);
const KINDS = ["threads", "processes"];

export default [
  scenario(
    "SHARE_ENV gives threads the program's own environment",
    ["threads"],
    async ({ make }) => {
      const pool = make({ maxWorkers: 1, env: SHARE_ENV });
      assert.deepEqual(await pool.run(look, "PATH"), [
        process.env.PATH,
        Object.keys(process.env).length,
      ]);
      process.env.CONCUR_LATE = "late";
      assert.equal((await pool.run(look, "CONCUR_LATE"))[0], "late");
      await pool.run(
        inlineTask(() => {
          process.env.CONCUR_BACK = "back";
        }),
      );
      assert.equal(process.env.CONCUR_BACK, "back");
    },
  ),
  scenario("SHARE_ENV is refused by processes, which share nothing", ["processes"], () => {
    assert.throws(() => new ProcessPoolExecutor({ env: SHARE_ENV }), TypeError);
  }),
  scenario("env and execArgv of a wrong kind are refused at once", KINDS, ({ kind }) => {
    const Executor = kind.name === "threads" ? ThreadPoolExecutor : ProcessPoolExecutor;
    for (const env of ["PATH=1", 7, true, null, () => 0, Symbol("env")]) {
      assert.throws(() => new Executor({ env }), TypeError, `env: ${String(env)}`);
    }
    for (const execArgv of [
      "--no-warnings",
      7,
      {},
      null,
      [7],
      [undefined],
      new Set(["--no-warnings"]),
    ]) {
      assert.throws(() => new Executor({ execArgv }), TypeError, `execArgv: ${String(execArgv)}`);
    }
  }),
  scenario("env is taken as it is when the executor is made", KINDS, async ({ make }) => {
    const env = { ...process.env, CONCUR_ONE: "1", CONCUR_NONE: undefined };
    const pool = make({ maxWorkers: 1, env });
    env.CONCUR_ONE = "2";
    assert.equal((await pool.run(look, "CONCUR_ONE"))[0], "1");
    assert.equal((await pool.run(look, "CONCUR_NONE"))[0], undefined);
  }),
  scenario(
    "initializerArgs are taken as they are when the executor is made",
    KINDS,
    async ({ make }) => {
      const config = { list: ["first"] };
      const args = [config];
      const pool = make({
        maxWorkers: 1,
        initializer: inlineTask((given) => {
          globalThis.given = given;
        }),
        initializerArgs: args,
      });
      config.list.push("second");
      args.push("third");
      assert.deepEqual(await pool.run(inlineTask(() => globalThis.given)), { list: ["first"] });
    },
  ),
];
