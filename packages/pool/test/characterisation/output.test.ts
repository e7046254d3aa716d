// Which of a worker's lines reach us when the worker ends. Node decides this, not workerpool.
import type { Worker } from "node:worker_threads";
import { describe, expect, test } from "@jest/globals";
import { Flag, TestPool } from "./support.js";

const lines = 100;

describe("of the lines that a task prints one by one", () => {
  test("all are delivered when process.exit() follows", async () => {
    // What a crash report tells of the last lines is all there is.
    await using pool = new TestPool({ workerThreadOpts: { stdout: true } });

    const { thread } = pool.spawnThread("printAndExit", [lines]);

    expect(await linesAtExit(thread)).toBe(lines);
  });

  test("all are delivered when an error ends the worker", async () => {
    // The same.
    await using pool = new TestPool({ workerThreadOpts: { stdout: true } });

    const { thread } = pool.spawnThread("printAndThrow", [lines]);

    expect(await linesAtExit(thread)).toBe(lines);
  });

  test("all are delivered when the event loop turned before terminate()", async () => {
    // The same.
    await using pool = new TestPool({ workerThreadOpts: { stdout: true } });
    const flag = new Flag();
    const { thread } = pool.spawnThread("printAndWait", [lines, flag.buffer]);
    const delivered = linesAtExit(thread);
    await flag.raised();

    await thread.terminate();

    expect(await delivered).toBe(lines);
  });

  test("only the first is delivered when terminate() comes in a busy loop", async () => {
    // The README says so: a killed task loses what it printed since its event loop last turned.
    await using pool = new TestPool({ workerThreadOpts: { stdout: true } });
    const flag = new Flag();
    const { thread } = pool.spawnThread("printAndSpin", [lines, flag.buffer]);
    const delivered = linesAtExit(thread);
    await flag.raised();

    await thread.terminate();

    expect(await delivered).toBe(1);
  });
});

/** Counts the lines that have come when the thread's exit event is raised. */
async function linesAtExit(thread: Worker): Promise<number> {
  let printed = "";
  thread.stdout.setEncoding("utf8").on("data", (chunk: string) => (printed += chunk));
  thread.on("error", () => {});
  await new Promise((resolve) => thread.once("exit", resolve));
  return printed.split("\n").length - 1;
}
