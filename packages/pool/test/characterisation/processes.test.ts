// workerpool's ways with child processes where we do otherwise.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { runInThisContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import workerpool from "workerpool";
import { TestPool, errorNamed, errorOf, expectHanging, valueOf } from "./support.js";

const processes = { workerType: "process" } as const;
const advanced = { ...processes, forkOpts: { serialization: "advanced" } } as const;

describe("by default, when messages are JSON", () => {
  test("a BigInt as an argument makes exec() throw, and the worker is busy for ever", async () => {
    // We set serialization: "advanced", and encode arguments ourselves before they are sent.
    await using pool = new TestPool(processes);
    await valueOf(pool.exec("identity", [1]));

    expect(() => pool.exec("identity", [1n])).toThrow(errorNamed("TypeError"));

    expect(pool.counts).toEqual({ workers: 1, busy: 1, queued: 0 });
  });

  test("Map, Date, NaN, undefined and typed arrays arrive as something else", async () => {
    // The same.
    await using pool = new TestPool(processes);
    const kinds: unknown[] = [];

    for (const value of [new Map([[1, 2]]), new Date(0), NaN, undefined, new Uint8Array(2)]) {
      kinds.push(await valueOf(pool.exec("kindOf", [value])));
    }

    expect(kinds).toEqual([
      "[object Object]",
      "[object String]",
      "[object Null]",
      "[object Null]",
      "[object Object]",
    ]);
  });
});

describe("with serialization: advanced", () => {
  test("they arrive as they are, and a BigInt too", async () => {
    // This is what we set.
    await using pool = new TestPool(advanced);
    const values = [1n, new Map([[1, 2]]), new Date(0), NaN, undefined, new Uint8Array(2)];

    for (const value of values) {
      expect(await valueOf(pool.exec("identity", [value]))).toEqual(value);
    }
  });

  test("a WebAssembly.Module ends the child", async () => {
    // We refuse what only threads can take before it is sent.
    await using pool = new TestPool({
      ...advanced,
      forkOpts: { ...advanced.forkOpts, silent: true },
    });
    await valueOf(pool.exec("identity", [1]));
    const emptyModule = runInThisContext(
      "new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))",
    ) as object;

    const error = await errorOf(pool.exec("identity", [emptyModule]));

    expect(error).toBeInstanceOf(workerpool.TerminateError);
    expect(error.message).toContain("exitCode: `1`");
  });
});

describe("a child that ignores SIGTERM in a busy loop", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "concur-test-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("survives the cancelling of its call, and the next call waits for ever", async () => {
    // We send SIGKILL ourselves.
    await using pool = new TestPool(processes);
    const pidFile = join(folder, "pid");
    const { call, child } = pool.spawnProcess("spinStubbornly", [pidFile]);
    await written(pidFile);

    call.cancel();
    const next = pool.exec("identity", [1]);
    await expectHanging(next);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);

    child.kill("SIGKILL");
    expect(await valueOf(next)).toBe(1);
  });
});

test("forkOpts.stdio is taken, and has no effect", async () => {
  // We need no extra pipes: a process gets the address of a socket, or uses the channel that it has.
  const stdio = ["pipe", "pipe", "pipe", "ipc", "pipe"];
  await using pool = new TestPool({ ...processes, forkOpts: { stdio } });
  const { call, child } = pool.spawnProcess("identity", [1]);

  await valueOf(call);

  expect(child.stdio).toHaveLength(4);
  expect(child.stdout).toBeNull();
});

test("forkOpts.silent has: the child's output is in pipes", async () => {
  // This is how we hear what a child printed before it died.
  await using pool = new TestPool({ ...processes, forkOpts: { silent: true } });
  const { child } = pool.spawnProcess("printAndExit", [100]);

  expect(child.stdout && (await text(child.stdout))).toMatch(/^line 1\n[^]*line 100\n$/);
});

test("a child does not inherit the parent's execArgv, but a thread does", async () => {
  // We pass on what the parent was started with.
  await using children = new TestPool(processes);
  await using threads = new TestPool();

  expect(await valueOf(children.exec("describe"))).toMatchObject({ execArgv: [] });
  expect(await valueOf(threads.exec("describe"))).toMatchObject({ execArgv: process.execArgv });
  expect(process.execArgv).not.toEqual([]);
});

async function written(path: string): Promise<void> {
  while ((await readFile(path, "utf8").catch(() => "")) === "") await sleep(5);
}
