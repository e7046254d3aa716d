// Tasks that use the channel to their parent themselves.
import assert from "node:assert/strict";
import { inlineTask } from "@concur/pool";
import { sleep } from "../../lib/clocks.mjs";
import { scenario } from "../lib/scenario.mjs";

const MESSAGES = [
  undefined,
  null,
  0,
  "",
  "ready",
  "text",
  [],
  [null],
  [[0, 0, 1]],
  {},
  { id: 1 },
  { id: 0, result: "ok" },
  { jsonrpc: "2.0", id: 1, result: "ok" },
  { id: 1, error: { message: "no" } },
  { id: 2, isEvent: true, payload: 1 },
  { method: "ping", id: 3, params: [] },
  { type: "exit" },
  { cmd: "NODE_user" },
  new Map([[1, 2]]),
  new Uint8Array(3),
];

const KINDS = ["threads", "processes", "processes-without-socket"];
const post = inlineTask((message) => {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  if (parentPort) parentPort.postMessage(message);
  // Node refuses to send undefined.
  else if (message !== undefined) process.send(message);
  return "posted";
});
const echo = inlineTask((value) => value);

export default [
  scenario(
    "messages of any form reach nobody and harm nothing",
    KINDS,
    async ({ make, outcomes }) => {
      const pool = make({ maxWorkers: 1 });
      for (const message of MESSAGES) {
        const futures = [pool.submit(post, message)];
        for (let n = 0; n < 5; n += 1) futures.push(pool.submit(echo, { n, list: [n] }));
        const ended = await outcomes(futures);
        assert.deepEqual(
          ended.map(({ value, reason }) => value ?? reason?.message),
          ["posted", ...[0, 1, 2, 3, 4].map((n) => ({ n, list: [n] }))],
          JSON.stringify(message),
        );
      }
      assert.equal(pool.stats().workers, 1);
      await outcomes([pool.shutdown()]).then(([{ status }]) => assert.equal(status, "fulfilled"));
    },
  ),
  ...MESSAGES.slice(0, 15)
    .filter((_, n) => [0, 1, 9, 10, 12].includes(n))
    .map((message) =>
      scenario(
        `${JSON.stringify(message)} as the only message of a worker that is shut down`,
        ["threads", "processes"],
        async ({ make, outcomes }) => {
          const pool = make({ maxWorkers: 1 });
          await outcomes([pool.submit(post, message)]);
          await sleep(5);
          const [{ status }] = await outcomes([pool.shutdown()]);
          assert.equal(status, "fulfilled");
        },
      ),
    ),
  scenario("a task listens where its parent's messages come", KINDS, async ({ make, outcomes }) => {
    const pool = make({ maxWorkers: 1 });
    await pool.run(
      inlineTask(() => {
        const { parentPort } = process.getBuiltinModule("node:worker_threads");
        const port = parentPort ?? process;
        globalThis.heard = 0;
        port.on("message", () => (globalThis.heard += 1));
        port.once("message", () => undefined);
      }),
    );
    const ended = await outcomes(
      Array.from({ length: 100 }, (_, n) => pool.submit(echo, { n, list: [n] })),
    );
    ended.forEach(({ value }, n) => assert.deepEqual(value, { n, list: [n] }));
  }),
  scenario(
    "a task takes all listeners off the channel",
    ["threads", "processes"],
    async ({ make, outcomes }) => {
      const pool = make({ maxWorkers: 1, killAfterMs: 50 });
      const ended = await outcomes([
        pool.submit(
          inlineTask(() => {
            const { parentPort } = process.getBuiltinModule("node:worker_threads");
            (parentPort ?? process).removeAllListeners("message");
            return "removed";
          }),
        ),
      ]);
      assert.equal(ended[0].value, "removed");
      const [next] = await outcomes([pool.submit(echo, { n: 1, list: [1] })]);
      assert.ok(next.status === "rejected" || next.value.n === 1);
      const [{ status }] = await outcomes([pool.shutdown()]);
      assert.equal(status, "fulfilled");
    },
  ),
  scenario("a task closes the channel", KINDS, async ({ make, outcomes }) => {
    const pool = make({ maxWorkers: 1 });
    const close = inlineTask(() => {
      const { parentPort } = process.getBuiltinModule("node:worker_threads");
      if (parentPort) parentPort.close();
      else process.disconnect();
      return "closed";
    });
    const [own] = await outcomes([pool.submit(close)]);
    assert.ok(
      own.value === "closed" || own.reason?.code === "CONCUR_WORKER_CRASHED",
      String(own.reason),
    );
    const later = await outcomes(Array.from({ length: 5 }, (_, n) => pool.submit(echo, n)));
    later.forEach(({ value, reason }, n) =>
      assert.ok(value === n || reason?.code === "CONCUR_WORKER_CRASHED", String(reason)),
    );
    const [{ status }] = await outcomes([pool.shutdown()]);
    assert.equal(status, "fulfilled");
  }),
];
