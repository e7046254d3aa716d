import { MessagePort } from "node:worker_threads";
import { afterEach, describe, expect, test } from "@jest/globals";
import { inlineTask, wait, WorkerCrashedError, type Executor } from "../../src/index.js";
import { allOf } from "../fixtures/tasks.mjs";
import { sameValue } from "../fixtures/thread-tasks.mjs";
import { ThreadBench } from "../support/bench.js";

const CALLS = 40;
const ids = Array.from(Array(CALLS).keys());

type Post = (message: unknown, transfer?: unknown) => void;
const prototype = MessagePort.prototype as unknown as { postMessage: Post };
const post = prototype.postMessage;

/** Lets something else do with the arguments of calls what is to be done with them. */
function disturb(change: (message: unknown[], send: (message: unknown) => void) => void): void {
  prototype.postMessage = function (this: unknown, message: unknown, transfer?: unknown) {
    const send = (one: unknown): void => {
      Reflect.apply(post, this, [one, transfer]);
    };
    if (Array.isArray(message) && message.length > 2) change(message as unknown[], send);
    else send(message);
  };
}

/** So that the time which calls take is known, and many of them are sent at once. */
async function sendMany(executor: Executor): Promise<void> {
  await Promise.all(Array.from(Array(300).keys(), (n) => executor.run(sameValue, { n })));
}

describe("arguments on their way to a thread", () => {
  const bench = new ThreadBench();

  afterEach(() => {
    prototype.postMessage = post;
  });

  test("belong to their calls by name, in whatever order they lie", async () => {
    const executor = bench.executor();
    await sendMany(executor);
    let turned = 0;
    disturb((message, send) => {
      // Of entries of two words: a ticket and the arguments.
      const entries = Array.from({ length: message.length / 2 }, (_, n) =>
        message.slice(2 * n, 2 * n + 2),
      );
      turned += 1;
      send(entries.reverse().flat());
    });
    const values = await Promise.all(ids.map((n) => executor.run(allOf, n, `${n}`)));
    expect(values).toEqual(ids.map((n) => [n, `${n}`]));
    expect(turned).toBeGreaterThan(0);
  });

  test.each([
    ["under the ticket of another", (tickets: number[]) => tickets.reverse().map((t) => t + 1024)],
    ["under the same ticket", (tickets: number[]) => tickets.map(() => tickets[0])],
    ["under none", (tickets: number[]) => tickets.map(() => undefined)],
  ])("that come %s end the worker, and are nobody's value", async (_kind, swap) => {
    const executor = bench.executor();
    await sendMany(executor);
    disturb((message, send) => {
      prototype.postMessage = post;
      const tickets = swap(message.filter((_, at) => at % 2 === 0) as number[]);
      send(message.map((word, at) => (at % 2 === 0 ? tickets[at / 2] : word)));
    });
    const futures = ids.map((n) => executor.submit(allOf, n, `${n}`));
    await wait(futures);
    for (const [n, { outcome }] of futures.entries()) {
      // None of them had begun, so another worker runs them.
      expect(outcome).toEqual({ status: "fulfilled", value: [n, `${n}`] });
    }
    expect(executor.stats()).toMatchObject({ completed: 300 + CALLS });
    expect(await executor.run(inlineTask(() => "goes on"))).toBe("goes on");
  });
});

describe("what comes from a thread", () => {
  const bench = new ThreadBench();
  /** Writes other tickets on the replies of its thread. */
  const forge = inlineTask(async (add: number) => {
    const { MessagePort: Port } = await import("node:worker_threads");
    const prototypeThere = Port.prototype as unknown as { postMessage: Post };
    const original = prototypeThere.postMessage;
    prototypeThere.postMessage = function (this: unknown, message: unknown, transfer?: unknown) {
      const words = Array.isArray(message) ? [...(message as unknown[])] : message;
      if (Array.isArray(words) && typeof words[0] === "number") words[0] += add;
      Reflect.apply(original, this, [words, transfer]);
    };
  });

  test.each([
    ["of a call before it in the same slot", -2048],
    ["of a call in another slot", 1],
    ["of no slot at all", 2 ** 40],
  ])("under the ticket %s ends it, and is nobody's value", async (_kind, add) => {
    const executor = bench.executor();
    await executor.run(forge, add);
    const forged = executor.submit(sameValue, { n: 1, list: [1] });
    const error = await forged.exception();
    expect(error).toBeInstanceOf(WorkerCrashedError);
    expect(error).toMatchObject({
      started: true,
      message: expect.stringContaining("no call which the worker has") as unknown,
      cause: { name: "WireFault" },
    });
    expect(await executor.run(sameValue, { n: 2, list: [2] })).toEqual({ n: 2, list: [2] });
  });

  test("that is not to be believed breaks an executor that breaks with its workers", async () => {
    const executor = bench.executor({ onWorkerCrash: "break" });
    await executor.run(forge, 1);
    await executor.submit(sameValue, { list: [1] }).exception();
    expect(() => executor.submit(sameValue, 1)).toThrow("a worker died");
  });
});
