import { AsyncLocalStorage } from "node:async_hooks";
import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, describe, expect, test } from "@jest/globals";
import { AsyncExecutor, type CallTrace, type WorkerTrace } from "../../src/index.js";
import * as Context from "../fixtures/context-tasks.mjs";
import { killSelf } from "../fixtures/process-tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { benches, ProcessBench } from "../support/bench.js";

const EVENTS = ["start", "end", "asyncStart", "asyncEnd", "error"] as const;

describe.each(benches)("[X20] diagnostics channels of a %s", (_kind, Bench) => {
  const { Executor } = Bench;
  const bench = new Bench();
  const undo: (() => void)[] = [];

  afterEach(() => {
    for (const one of undo.splice(0)) one();
  });

  /** Notes the events of all calls. */
  function watchCalls(): [event: string, trace: CallTrace][] {
    const seen: [string, CallTrace][] = [];
    for (const event of EVENTS) {
      const note = (trace: unknown): void => {
        seen.push([event, trace as CallTrace]);
      };
      subscribe(`tracing:concur:call:${event}`, note);
      undo.push(() => unsubscribe(`tracing:concur:call:${event}`, note));
    }
    return seen;
  }

  test("concur:call tells of a call's submission and its end, with one object", async () => {
    const executor = bench.executor();
    const seen = watchCalls();
    const future = executor.with({ name: "mine" }).submit(Tasks.sameValue, 7);
    expect(seen.map(([event]) => event)).toEqual(["start", "end"]);
    await future.result();
    expect(seen.map(([event]) => event)).toEqual(["start", "end", "asyncStart", "asyncEnd"]);
    const [, trace] = seen[0] ?? [];
    expect(trace).toMatchObject({
      executor: Executor.name,
      task: "sameValue",
      name: "mine",
      result: 7,
    });
    expect(trace?.future).toBe(future);
    for (const [, other] of seen) expect(other).toBe(trace);
  });

  test("concur:call tells of errors: the task's, a cancelled call's, a refused one's", async () => {
    const executor = bench.executor();
    const seen = watchCalls();
    const failure = await executor.submit(Tasks.throwKind, "coded").exception();
    expect(seen.map(([event]) => event)).toEqual([
      "start",
      "end",
      "error",
      "asyncStart",
      "asyncEnd",
    ]);
    expect(seen[2]?.[1].error).toBe(failure);
    executor.submit(Tasks.sameValue, 1).cancel();
    expect(seen.at(-1)?.[1].error).toMatchObject({ code: "CONCUR_CANCELLED" });
    seen.length = 0;
    expect(() => executor.submit((() => 1) as unknown as typeof Tasks.whereAmI)).toThrow(TypeError);
    expect(seen.map(([event]) => event)).toEqual(["start", "error", "end"]);
  });

  test("concur:call tells how many items of a map travel together, and of calls in this thread", async () => {
    const executor = bench.executor();
    const seen = watchCalls();
    await executor.with({ chunkSize: 2 }).map(Tasks.sameValue, [1, 2, 3]).toArray();
    const items = seen.filter(([event]) => event === "asyncEnd").map(([, trace]) => trace.items);
    expect(items).toEqual([2, 1]);
    seen.length = 0;
    await new AsyncExecutor().run(Tasks.sameValue, 1);
    expect(seen.at(-1)?.[1]).toMatchObject({ executor: "AsyncExecutor", result: 1 });
  });

  test("stores bound to concur:call reach the worker by the context option", async () => {
    const spans = new AsyncLocalStorage<{ span: string }>();
    const start = channel("tracing:concur:call:start");
    start.bindStore(spans, (trace) => ({ span: `${(trace as CallTrace).task} span` }));
    undo.push(() => start.unbindStore(spans));
    const executor = bench.executor({
      context: { capture: () => spans.getStore(), restore: Context.restore },
    });
    expect((await executor.run(Context.whereFrom)).store).toEqual({ span: "whereFrom span" });
  });

  test("concur:worker tells of the lives of workers", async () => {
    const seen: WorkerTrace[] = [];
    const note = (trace: unknown): void => {
      seen.push(trace as WorkerTrace);
    };
    subscribe("concur:worker", note);
    undo.push(() => unsubscribe("concur:worker", note));
    const executor = bench.executor({ workerName: "w" });
    await executor.run(Tasks.sameValue, 1);
    await executor.submit(Tasks.exitWith, 9).exception();
    await executor.run(Tasks.sameValue, 1);
    await executor.shutdown();
    expect(seen).toEqual([
      { event: "spawn", name: "w_0", workerId: 1 },
      { event: "up", name: "w_0", workerId: 1 },
      { event: "crash", name: "w_0", workerId: 1, exitCode: 9 },
      { event: "spawn", name: "w_1", workerId: 2 },
      { event: "up", name: "w_1", workerId: 2 },
      { event: "exit", name: "w_1", workerId: 2, exitCode: 0 },
    ]);
  });
});

describe("[X20] diagnostics channels of a process", () => {
  const bench = new ProcessBench();

  test("concur:worker tells of the signal that ended one", async () => {
    const seen: WorkerTrace[] = [];
    const note = (trace: unknown): void => {
      seen.push(trace as WorkerTrace);
    };
    subscribe("concur:worker", note);
    try {
      await bench.executor({ workerName: "w" }).submit(killSelf, "SIGKILL").exception();
    } finally {
      unsubscribe("concur:worker", note);
    }
    expect(seen.at(-1)).toMatchObject({ event: "crash", name: "w_0", signal: "SIGKILL" });
  });
});
