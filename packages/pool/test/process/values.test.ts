import { runInThisContext } from "node:vm";
import { describe, expect, test } from "@jest/globals";
import { ProcessPoolExecutor, SerializationError } from "../../src/index.js";
import * as Tasks from "../fixtures/process-tasks.mjs";
import { countedSince } from "../support/kept-executors.js";
import { testThat } from "../support/needs.js";
import { ProcessBench } from "../support/bench.js";

describe("between processes", () => {
  const bench = new ProcessBench();

  test.each<[string, () => unknown, string]>([
    ["shared memory", () => ({ cells: new SharedArrayBuffer(8) }), "args[0].cells"],
    [
      "compiled WebAssembly",
      () => [
        runInThisContext("new WebAssembly.Module(Uint8Array.of(0,97,115,109,1,0,0,0))") as object,
      ],
      "args[0][0]",
    ],
    ["a port", () => ({ port: new MessageChannel().port1 }), "args[0].port"],
  ])("[O15] [O16] %s cannot be sent, and fails its own call", async (_kind, make, path) => {
    const executor = bench.shared();
    const counted = countedSince(executor);
    const bad = executor.submit(Tasks.echo, make());
    const good = executor.submit(Tasks.echo, { n: 1 });
    const error = await bad.exception();
    expect(error).toBeInstanceOf(SerializationError);
    expect(error).toMatchObject({ phase: "arguments", path });
    expect(await good.result()).toEqual({ n: 1 });
    expect(counted()).toMatchObject({ workers: 1, failed: 1 });
  });

  test("[O3] a result that only threads could take fails its own call", async () => {
    const executor = bench.shared();
    expect(await executor.submit(Tasks.moduleOfWasm).exception()).toMatchObject({
      code: "CONCUR_NOT_SERIALIZABLE",
      phase: "result",
    });
    expect(await executor.run(Tasks.echo, "next")).toBe("next");
  });

  test("[J15] arguments of the initializer are refused at once", () => {
    const create = (): unknown =>
      new ProcessPoolExecutor({
        initializer: Tasks.echo,
        initializerArgs: [{ cells: new SharedArrayBuffer(8) }],
      });
    expect(create).toThrow(SerializationError);
    expect(create).toThrow("initializerArgs[0].cells");
  });

  test("[O16] what is named for a transfer is copied, and stays", async () => {
    const executor = bench.shared();
    const bytes = new Uint8Array([1, 2, 3]);
    const bound = executor.with({ transfer: [bytes.buffer] });
    expect(await bound.run(Tasks.echo, bytes)).toEqual(bytes);
    expect(bytes).toHaveLength(3);
    const { port1, port2 } = new MessageChannel();
    const refused = executor.with({ transfer: [port1] }).submit(Tasks.echo, 1);
    expect(await refused.exception()).toMatchObject({ phase: "arguments", path: "transfer[0]" });
    port1.close();
    port2.close();
  });

  test("[O14] an object with a function is refused and not thinned out, and JSON loses nothing", async () => {
    const executor = bench.shared();
    const withMethod = { toJSON: () => "thin", kept: true };
    expect(await executor.submit(Tasks.echo, withMethod).exception()).toMatchObject({
      path: "args[0].toJSON",
    });
    const values = [0, -0, 1e21, 2 ** -1074, "\ud800", "\u2028", '"', "é😀", true, null, [[]], {}];
    for (const value of values) expect(await executor.run(Tasks.echo, value)).toEqual(value);
    expect(await Promise.all(values.map((value) => executor.run(Tasks.echo, value)))).toEqual(
      values,
    );
    expect(await executor.map(Tasks.echo, values).toArray()).toEqual(values);
    expect(Object.is(await executor.run(Tasks.echo, -0), -0)).toBe(true);
  });

  test("[O14] a program whose arrays have a toJSON() sends the same", async () => {
    const executor = bench.shared();
    await executor.run(Tasks.echo, 1);
    Object.defineProperty(Array.prototype, "toJSON", { value: () => 0, configurable: true });
    try {
      expect(await executor.map(Tasks.echo, [1, "two", null]).toArray()).toEqual([1, "two", null]);
    } finally {
      Reflect.deleteProperty(Array.prototype, "toJSON");
    }
  });

  test("[O17] each call has its own copy of an object that several have", async () => {
    const executor = bench.shared();
    const shared = { n: 1 };
    const copies = await Promise.all([1, 2].map(() => executor.run(Tasks.echo, shared)));
    expect(copies).toEqual([shared, shared]);
    expect(copies[0]).not.toBe(copies[1]);
  });

  test("[P16] many large arguments to a process that is not up yet arrive, and do not hold the caller", async () => {
    const gate = bench.scratch.gate();
    const executor = bench.executor({
      initializer: Tasks.waitAt,
      initializerArgs: [gate.path],
    });
    const argument = new Uint8Array(65_536).fill(1);
    const futures = Array.from({ length: 300 }, () => executor.submit(Tasks.echo, argument));
    // Whoever waited for the process in submit() would never come here.
    gate.open();
    for (const future of futures) expect(await future.result()).toHaveLength(65_536);
  });

  test("[O20] 64 MiB come and go beside small ones", async () => {
    const executor = bench.executor({ maxWorkers: 2 });
    const [large, ...small] = await Promise.all([
      executor.run(Tasks.give, 64 * 2 ** 20),
      ...Array.from({ length: 50 }, (_, n) => executor.run(Tasks.echo, { n })),
    ]);
    expect([large.length, large[0], large.at(-1)]).toEqual([64 * 2 ** 20, 7, 7]);
    expect(small).toEqual(Array.from({ length: 50 }, (_, n) => ({ n })));
  });
});

describe("a process is given", () => {
  const bench = new ProcessBench();

  test("[U8] [I20] its own environment, Node options and name", async () => {
    const env = { PATH: process.env["PATH"], CONCUR_ONE: "1", CONCUR_NONE: undefined };
    const executor = bench.executor({ env, execArgv: ["--no-warnings"], workerName: "worker" });
    const { title, ...given } = await executor.run(Tasks.describeProcess);
    expect(given.execArgv).toEqual(["--no-warnings"]);
    expect(given.env).toHaveProperty("CONCUR_ONE", "1");
    expect(given.env).not.toHaveProperty("CONCUR_NONE");
    expect(given.env).not.toHaveProperty("HOME");
    expect(title).toBe("worker_0");
  });

  test("[U8] or those of this process", async () => {
    const given = await bench.shared().run(Tasks.describeProcess);
    expect(given.env).toHaveProperty("PATH", process.env["PATH"]);
    expect(given.execArgv).toEqual(process.execArgv);
  });
});

describe("a process", () => {
  const bench = new ProcessBench();

  testThat("needs /proc", "[I22] opens no more files as it goes on", async () => {
    const executor = bench.shared();
    for (let n = 0; n < 5; n += 1) await executor.run(Tasks.echo, { n });
    const descriptors = await executor.run(Tasks.openFiles);
    for (let n = 0; n < 20; n += 1) await executor.run(Tasks.echo, { n });
    expect(await executor.run(Tasks.openFiles)).toBeLessThanOrEqual(descriptors);
  });
});
