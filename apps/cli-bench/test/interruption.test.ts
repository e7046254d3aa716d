import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { childrenOf, commandOf, whenGone } from "./fixtures/processes.js";
import { startProgram, type RunningProgram } from "./fixtures/program.js";

/** Waits until a program has started its worker: whoever is stopped before that keeps the program waiting, too. */
async function workerOf({ child }: RunningProgram): Promise<number> {
  const pid = child.pid ?? 0;
  for (;;) {
    if (child.exitCode !== null) throw new Error("the program ended without a worker");
    const [worker] = childrenOf(pid);
    if (worker !== undefined && commandOf(worker) !== commandOf(pid)) return worker;
    await turn();
  }
}

describe.each(["sha", "arcfour"])("Ctrl-C in %s", (name) => {
  test("ends the process that works, and tells what was done so far", async () => {
    await using program = startProgram([name, "1"]);
    const worker = await workerOf(program);
    // Held up, it cannot be done before the signal comes.
    process.kill(worker, "SIGSTOP");
    program.child.kill("SIGINT");
    const { exitCode, stdout, stderr } = await program.result;
    await whenGone([worker]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    const status = /^1 workers, elapsed time: \d+\.\d\ds, interrupted after (\d+) of 12 jobs$/;
    const done = Number(status.exec(lines.pop() ?? "")?.[1]);
    expect(done).toBe(lines.length);
    expect(done).toBeLessThan(12);
  });
});

describe.each(["inline", "async", "thread", "process"])("Ctrl-C in compare on %s", (kind) => {
  test("ends the workers, and what was measured so far is printed", async () => {
    const args = ["sieve", "--scale", "0.001", "-n", "4000", "-w", "2", "-x", kind];
    await using program = startProgram(["compare", ...args]);
    await program.untilComplains(/\d+ of 4001 runs done/);
    const workers = childrenOf(program.child.pid ?? 0);
    expect(workers).toHaveLength(kind === "process" ? 2 : 0);
    program.child.kill("SIGINT");
    const { exitCode, stdout } = await program.result;
    await whenGone(workers);
    expect(exitCode).toBe(130);
    expect(stdout).toContain(", interrupted\n");
    const runs = Number(/^(?:inline|\w+ × 2) +(\d+) /m.exec(stdout)?.[1]);
    expect(runs).toBeGreaterThan(0);
    expect(runs).toBeLessThan(4000);
  });
});

test("Ctrl-C in primes ends the threads", async () => {
  await using program = startProgram(["primes"]);
  const { child } = program;
  if (child.stdout !== null) await once(child.stdout, "data");
  child.kill("SIGINT");
  const { exitCode, stdout } = await program.result;
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(/interrupted after \d+ of 14 results\n$/);
});
