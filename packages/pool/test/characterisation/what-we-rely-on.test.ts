// What our engine builds on: workerpool makes a thread inside exec(), and its one call that never ends stands for it.
import { spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { Session } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";
import { MessageChannel, Worker } from "node:worker_threads";
import { describe, expect, test } from "@jest/globals";
import { PROGRAM_LIMIT_MS } from "../support/limits.js";
import { rounds } from "../support/rounds.js";
import { TestPool, fixture, valueOf } from "./support.js";

describe("calls that never end", () => {
  test("make a worker each, up to maxWorkers; one more waits, and makes none", async () => {
    // We keep room for replacements: a worker counts until it has exited.
    await using pool = new TestPool({ maxWorkers: 2 });

    pool.exec("attach");
    pool.exec("attach");
    expect(pool.counts).toEqual({ workers: 2, busy: 2, queued: 0 });

    pool.exec("attach");
    expect(pool.counts).toEqual({ workers: 2, busy: 2, queued: 1 });
    expect(pool.threads).toHaveLength(2);
  });

  test("make no second worker once they do end: the next call gets the idle one", async () => {
    // We never let a session end in peace: an idle worker would be handed out again without onCreateWorker.
    let made = 0;
    await using pool = new TestPool({
      onCreateWorker() {
        made += 1;
        return {};
      },
    });
    const { port1, port2 } = new MessageChannel();
    const session = pool.exec("session", [port2], { transfer: [port2] });
    port1.postMessage(21);
    expect(await once(port1, "message")).toEqual([42]);

    port1.postMessage("close");
    expect(await valueOf(session)).toBe("closed");
    pool.exec("attach");

    expect(made).toBe(1);
    expect(pool.counts).toEqual({ workers: 1, busy: 1, queued: 0 });
  });
});

describe("inside exec()", () => {
  test("onCreateWorker runs first, then Node's channel tells the thread, whose id is known already", async () => {
    // We subscribe for the time of the call alone, and have the thread when it returns.
    const events: unknown[] = [];
    await using pool = new TestPool({
      onCreateWorker() {
        events.push("onCreateWorker");
        return {};
      },
    });
    const seen = (message: unknown): void => {
      const { worker } = message as { worker: Worker };
      events.push(["channel", worker === pool.threads[0], worker.threadId > 0]);
    };

    subscribe("worker_threads", seen);
    pool.exec("attach");
    events.push("returned");
    unsubscribe("worker_threads", seen);

    expect(events).toEqual(["onCreateWorker", ["channel", true, true], "returned"]);
  });

  test("the process is told in the same way, but has its pid only when exec() has returned", async () => {
    // We ask for the pid after the call.
    const pids: unknown[] = [];
    await using pool = new TestPool({ workerType: "process" });
    const seen = (message: unknown): void => {
      pids.push((message as { process: { pid?: number } }).process.pid);
    };

    subscribe("child_process", seen);
    const { call, child } = pool.spawnProcess("describe");
    unsubscribe("child_process", seen);
    pids.push(child.pid);

    expect(pids).toEqual([undefined, expect.any(Number)]);
    expect(await valueOf(call)).toMatchObject({ pid: child.pid });
  });

  test("what onCreateWorker returns as workerThreadOpts reaches the thread", async () => {
    // Port, settings and limits of each worker go this way, at its birth.
    const { port1, port2 } = new MessageChannel();
    port1.postMessage("sent before the thread was made");
    await using pool = new TestPool({
      onCreateWorker: () => ({
        workerThreadOpts: {
          workerData: { born: new Map([[1, 2n]]), port: port2 },
          transferList: [port2],
          resourceLimits: { maxOldGenerationSizeMb: 64 },
          env: { SETTING: "on" },
          execArgv: ["--no-warnings"],
        },
      }),
    });

    expect(await valueOf(pool.exec("describe"))).toMatchObject({
      born: new Map([[1, 2n]]),
      firstMessage: "sent before the thread was made",
      heapMb: 64,
      setting: "on",
      inherits: false,
      execArgv: ["--no-warnings"],
    });
    port1.close();
  });

  test("and so does the name, which debuggers show", async () => {
    // We name threads after their executor.
    using inspector = new WorkerInspector();
    await using pool = new TestPool({ workerThreadOpts: { name: "concur-7" } });

    await valueOf(pool.exec("describe"));

    expect(inspector.titles).toEqual([expect.stringMatching(/^\[worker \d+\] concur-7$/)]);
  });
});

test("a worker needs workerpool/src/worker.js alone, not the rest of workerpool", async () => {
  // Our worker program loads it so, which starts faster; the path is not documented.
  await using pool = new TestPool();

  expect(await valueOf(pool.exec("loadedFiles"))).toEqual([
    "tasks.cjs",
    "worker.js",
    "transfer.js",
    "Promise.js",
  ]);
});

test("a thread is of use through its port before it has registered with workerpool", async () => {
  // Our worker program serves its first calls before it loads workerpool's part.
  const { port1, port2 } = new MessageChannel();
  await using pool = new TestPool(
    { workerThreadOpts: { workerData: { port: port2 }, transferList: [port2] } },
    fixture("never-registers.cjs"),
  );
  const call = pool.exec("attach");

  port1.postMessage(21);

  expect(await once(port1, "message")).toEqual([42]);
  expect(call.pending).toBe(true);
  expect(pool.counts).toEqual({ workers: 1, busy: 1, queued: 0 });
  port1.close();
});

test("a thread can be ended at any moment while its own inspector session collects its garbage", async () => {
  // Our threads do so at their first idle moment, and may be killed right then.
  const ends = Array.from({ length: rounds(8) }, async (_, n) => {
    const thread = new Worker(fixture("collects-garbage.cjs"));
    const ended = once(thread, "exit");
    await once(thread, "message");
    await sleep((n * 3) % 24);
    await thread.terminate();
    await ended;
    return "ended";
  });

  expect(await Promise.all(ends)).toEqual(ends.map(() => "ended"));
});

test("a process can end at any moment while its threads collect garbage in this way", async () => {
  const program = `
    const { Worker } = require("node:worker_threads");
    const threads = [1, 2, 3].map(() => new Worker(process.argv[1]));
    threads[2].once("message", () => setTimeout(() => process.exit(7), Number(process.argv[2])));
  `;
  for (const ms of [0, 4, 8]) {
    const child = spawn(
      process.execPath,
      ["-e", program, fixture("collects-garbage.cjs"), String(ms)],
      { timeout: PROGRAM_LIMIT_MS },
    );
    expect(await once(child, "exit")).toEqual([7, null]);
  }
});

/** Hears of threads as a debugger does. */
class WorkerInspector implements Disposable {
  readonly titles: string[] = [];
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.on("NodeWorker.attachedToWorker", ({ params }) => {
      this.titles.push(params.workerInfo.title);
    });
    this.#session.post("NodeWorker.enable", { waitForDebuggerOnStart: false });
  }

  [Symbol.dispose](): void {
    this.#session.post("NodeWorker.disable");
    this.#session.disconnect();
  }
}
