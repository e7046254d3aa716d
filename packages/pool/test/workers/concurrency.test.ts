import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { CancelledError, inlineTask, TimeoutError, WorkerCrashedError } from "../../src/index.js";
import * as Together from "../fixtures/concurrency-tasks.mjs";
import * as Contract from "../fixtures/tasks.mjs";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { until } from "../support/until.js";
import { benches, ProcessBench, ThreadBench } from "../support/bench.js";

describe.each(benches)("concurrencyPerWorker of a %s", (kind, Bench) => {
  const bench = new Bench();

  test("lets so many calls of one worker overlap, begins them in order, and counts them", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 3 });
    const gates = bench.scratch.gates(5);
    const futures = gates.map((gate, n) => executor.submit(Contract.gated, gate.path, n));
    await Promise.all(gates.slice(0, 3).map((gate) => gate.whenReached()));
    expect(executor.stats()).toMatchObject({ workers: 1, busy: 1, running: 3, pending: 2 });
    expect(futures.map((future) => future.state)).toEqual([
      ...Array<string>(3).fill("running"),
      ...Array<string>(2).fill("pending"),
    ]);
    gates[1]?.open();
    expect(await futures[1]?.result()).toBe(1);
    await gates[3]?.whenReached();
    expect(gates[4]?.reached).toBe(false);
    bench.scratch.openGates();
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual([0, 1, 2, 3, 4]);
    expect(executor.stats()).toMatchObject({ completed: 5, running: 0, pending: 0 });
  });

  test("is one call at a time unless it is said otherwise", async () => {
    const executor = bench.executor();
    const calls = Array.from({ length: 6 }, () => executor.run(Together.meetOthers, 2));
    for (const { here } of await Promise.all(calls)) expect(here).toBe(1);
  });

  test("fills each place that becomes free at once, however many there are", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 40 });
    const gates = bench.scratch.gates(60);
    const calls = gates.map((gate, n) => executor.run(Contract.gated, gate.path, n));
    await Promise.all(gates.slice(0, 40).map((gate) => gate.whenReached()));
    gates[7]?.open();
    await gates[40]?.whenReached();
    expect(gates[41]?.reached).toBe(false);
    bench.scratch.openGates();
    await Promise.all(calls);
  });

  test("takes a worker for each call before it takes second places", async () => {
    const executor = bench.executor({ maxWorkers: 3, concurrencyPerWorker: 4 });
    if (kind === "process") {
      // A process is given calls only once it is there, and until then they go to places of others.
      const { path } = bench.scratch.log();
      await Promise.all([1, 2, 3].map(() => executor.run(Tasks.meet, path, 3)));
    }
    const gates = bench.scratch.gates(6);
    const ids = gates.map((gate) => executor.run(Together.workerAtGate, gate.path));
    await Promise.all(gates.map((gate) => gate.whenReached()));
    bench.scratch.openGates();
    // Whose second places come first depends on which workers are known to have come round to their first call: send-ahead.test.ts has
    // that rule.
    expect(await Promise.all(ids)).toEqual(expect.arrayContaining([1, 2, 3]));
  });

  test("spreads calls that come one by one, too", async () => {
    const executor = bench.executor({ maxWorkers: 2, concurrencyPerWorker: 8 });
    // Both must be there: until then what comes goes to the places of the other.
    const { path } = bench.scratch.log();
    await Promise.all([1, 2].map(() => executor.run(Tasks.meet, path, 2)));
    const gates = bench.scratch.gates(6);
    const ids: Promise<number>[] = [];
    for (const gate of gates) {
      ids.push(executor.run(Together.workerAtGate, gate.path));
      await gate.whenReached();
    }
    bench.scratch.openGates();
    const workers = await Promise.all(ids);
    // The first two went to workers without any call; of the rest see the test above.
    expect(workers.slice(0, 2).sort()).toEqual([1, 2]);
  });

  test("keeps within its bounds, and uses them, when many calls come at once", async () => {
    const executor = bench.executor({ maxWorkers: 2, concurrencyPerWorker: 25 });
    const [gate, log] = [bench.scratch.gate(), bench.scratch.log()];
    const calls = Array.from({ length: 400 }, () =>
      executor.run(Together.crowdAtGate, gate.path, log.path),
    );
    await until(() => (log.lines[0] ?? "").length === 50);
    gate.open();
    const most = [0, 0, 0];
    for (const { workerId, here } of await Promise.all(calls)) {
      most[workerId] = Math.max(most[workerId] ?? 0, here);
    }
    expect(most).toEqual([0, 25, 25]);
    expect(executor.stats()).toMatchObject({ completed: 400, workers: 2, idle: 2 });
  });

  test("gives each call a currentTask() of its own, before and after it has waited", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 3 });
    const gates = bench.scratch.gates(3);
    const reports: unknown[][] = [];
    const futures = gates.map((gate, n) => {
      const future = executor.with({ name: `call ${n}` }).submit(Together.meetAtGate, gate.path);
      const own: unknown[] = [];
      reports.push(own);
      future.onProgress((value) => own.push(value));
      return future;
    });
    await Promise.all(gates.map((gate) => gate.whenReached()));
    for (const gate of gates.reverse()) gate.open();
    const names = ["call 0", "call 1", "call 2"];
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual(
      names.map((name) => [name, name]),
    );
    expect(reports).toEqual(names.map((name) => [name]));
  });

  test("leaves calls stoppable one by one", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 3 });
    const gates = bench.scratch.gates(4);
    const patient = executor.with({ killAfterMs: Infinity });
    const [first, second, third, waiting] = [
      patient.submit(Contract.obedient, gates[0]?.path ?? ""),
      patient.submit(Contract.obedient, gates[1]?.path ?? ""),
      patient.submit(Contract.gated, gates[2]?.path ?? "", 3),
      patient.submit(Contract.gated, gates[3]?.path ?? "", 4),
    ];
    await Promise.all(gates.slice(0, 3).map((gate) => gate.whenReached()));
    expect(first.cancel()).toBe(false);
    expect(waiting.cancel()).toBe(true);
    const reason = new Error("enough");
    second.abort(reason);
    const error = await second.exception().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toHaveProperty("cause.message", "enough");
    expect([first.state, third.state]).toEqual(["running", "running"]);
    first.abort();
    await expect(first.result()).rejects.toBeInstanceOf(CancelledError);
    gates[2]?.open();
    expect(await third.result()).toBe(3);
    expect(gates[3]?.reached).toBe(false);
    expect(executor.stats()).toMatchObject({ workers: 1, completed: 1, cancelled: 3 });
  });

  test("a call that has to be killed takes with it what runs beside it, and nothing else", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 3 });
    const [gate, spin, log] = [bench.scratch.gate(), bench.scratch.gate(), bench.scratch.log()];
    const beside = executor.submit(Contract.gated, gate.path, 1);
    await gate.whenReached();
    const deaf = executor
      .with({ timeoutMs: 100, killAfterMs: 30, name: "the deaf one" })
      .submit(Tasks.spinDeaf, spin.path);
    const unbegun = Array.from({ length: 5 }, (_, n) =>
      executor.submit(Contract.log, log.path, `call ${n}`),
    );
    expect(await deaf.exception()).toBeInstanceOf(TimeoutError);
    const error = await beside.exception();
    expect(error).toBeInstanceOf(WorkerCrashedError);
    expect(error).toMatchObject({
      message: "the worker was killed to stop the deaf one",
      workerId: 1,
      started: true,
    });
    await Promise.all(unbegun.map((future) => future.result()));
    expect(log.lines).toEqual(["call 0", "call 1", "call 2", "call 3", "call 4"]);
    expect(executor.stats()).toMatchObject({ failed: 2, completed: 5 });
  });

  test("the death of a worker fails all calls that ran there, and the rest runs elsewhere", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 2 });
    const [gate, deadly] = [bench.scratch.gate(), bench.scratch.gate()];
    const futures = [
      executor.submit(Contract.gated, gate.path, 1),
      executor.submit(Tasks.exitAt, deadly.path, 7),
    ];
    const rest = [1, 2, 3].map((n) => executor.submit(Contract.identity, n));
    await gate.whenReached();
    await deadly.whenReached();
    deadly.open();
    for (const future of futures) {
      const error = await future.exception();
      expect(error).toBeInstanceOf(WorkerCrashedError);
      expect(error).toMatchObject({ exitCode: 7, started: true });
    }
    expect(await Promise.all(rest.map((future) => future.result()))).toEqual([1, 2, 3]);
  });

  test("map runs calls beside each other and keeps their order", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 10 });
    const [gate, log] = [bench.scratch.gate(), bench.scratch.log()];
    const results = executor
      .map(
        Together.crowdAtGate,
        Array<string>(30).fill(gate.path),
        Array<string>(30).fill(log.path),
      )
      .toArray();
    await until(() => (log.lines[0] ?? "").length === 10);
    gate.open();
    const seen = await results;
    const here = seen.map((call) => call.here);
    expect(here.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(Math.max(...here)).toBe(10);
    expect(await executor.map(Contract.delayed, [1, 2, 3], [9, 5, 1]).toArray()).toEqual([1, 2, 3]);
  });

  test("a worker's last calls are counted one by one for maxTasksPerWorker", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 4, maxTasksPerWorker: 3 });
    const gates = bench.scratch.gates(6);
    const ids = gates.map((gate) => executor.run(Together.workerAtGate, gate.path));
    await Promise.all(gates.slice(0, 3).map((gate) => gate.whenReached()));
    bench.scratch.openGates();
    expect(await Promise.all(ids)).toEqual([1, 1, 1, 2, 2, 2]);
  });

  test.each([0, -1, 1.5, NaN])("refuses %d", (concurrencyPerWorker) => {
    expect(() => bench.executor({ concurrencyPerWorker })).toThrow(/concurrencyPerWorker/);
  });
});

describe("concurrencyPerWorker of a thread", () => {
  const bench = new ThreadBench();

  test("a call that asks in a loop is stopped without harm to those beside it", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 2 });
    const [gate, spin] = [bench.scratch.gate(), bench.scratch.gate()];
    const beside = executor.submit(Contract.gated, gate.path, 1);
    await gate.whenReached();
    const future = executor.with({ killAfterMs: Infinity }).submit(Tasks.spinPolling, spin.path);
    await spin.whenReached();
    future.abort();
    await expect(future.result()).rejects.toBeInstanceOf(CancelledError);
    gate.open();
    expect(await beside.result()).toBe(1);
  });

  test("calls behind one that keeps its worker busy go to free places elsewhere", async () => {
    const executor = bench.executor({ maxWorkers: 2, concurrencyPerWorker: 4 });
    const [spin, gate] = [bench.scratch.gate(), bench.scratch.gate()];
    const busy = executor.with({ killAfterMs: 0 }).submit(Tasks.spinDeaf, spin.path);
    await spin.whenReached();
    const beside = executor.submit(Contract.gated, gate.path, 1);
    await gate.whenReached();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => executor.run(Contract.delayed, n, 1)),
    );
    expect(results).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect([busy.state, beside.state]).toEqual(["running", "running"]);
    busy.abort();
    gate.open();
    expect(await beside.result()).toBe(1);
  });
});

const ownPid = inlineTask(() => process.pid);
const nextTurn = promisify(setImmediate);

describe("concurrencyPerWorker of a process", () => {
  const bench = new ProcessBench();

  test("calls that were sent to one that is kept busy are run when it has time, and the rest elsewhere", async () => {
    const executor = bench.executor({ maxWorkers: 2, concurrencyPerWorker: 4 });
    const [spin, gate] = bench.scratch.gates(2);
    const busy = executor.submit(Tasks.holdAt, spin?.path ?? "");
    await spin?.whenReached();
    const beside = executor.submit(Contract.gated, gate?.path ?? "", 1);
    await gate?.whenReached();
    const items = Array.from({ length: 20 }, (_, n) => n);
    const results = items.map((n) => executor.run(Contract.delayed, n, 1));
    // What was sent there waits; nothing else does.
    await Promise.any(results);
    expect(busy.running()).toBe(true);
    spin?.open();
    expect(await Promise.all(results)).toEqual(items);
    expect(await busy.result()).toMatch(/\d/);
    gate?.open();
    expect(await beside.result()).toBe(1);
  });

  test("only what a process had begun fails when it is killed from outside", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 4 });
    const [gate, spin, log] = [bench.scratch.gate(), bench.scratch.gate(), bench.scratch.log()];
    const pid = await executor.run(ownPid);
    const beside = executor.submit(Contract.gated, gate.path, 1);
    await gate.whenReached();
    const busy = executor.submit(Tasks.spinDeaf, spin.path);
    await spin.whenReached();
    const sent = ["a", "b", "c"].map((line) => executor.submit(Contract.log, log.path, line));
    process.kill(pid, "SIGKILL");
    for (const future of [beside, busy]) {
      expect(await future.exception()).toMatchObject({ signal: "SIGKILL", started: true });
    }
    for (const future of sent) await future.result();
    expect(log.lines).toEqual(["a", "b", "c"]);
  });

  test("calls of a process that is being killed are cancelled with all others", async () => {
    const executor = bench.executor({ concurrencyPerWorker: 2 });
    const [spin, log] = [bench.scratch.gate(), bench.scratch.log()];
    const busy = executor.with({ killAfterMs: 0 }).submit(Tasks.spinDeaf, spin.path);
    await spin.whenReached();
    const sent = executor.submit(Contract.log, log.path, "sent");
    await nextTurn();
    busy.abort();
    const end = executor.shutdown({ cancelFutures: true });
    await expect(busy.result()).rejects.toBeInstanceOf(CancelledError);
    await expect(sent.result()).rejects.toBeInstanceOf(CancelledError);
    await end;
    expect(log.lines).toEqual([]);
  });
});
