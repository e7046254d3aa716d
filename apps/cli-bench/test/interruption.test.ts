import { describe, expect, test } from "@jest/globals";
import { whenGone } from "./fixtures/processes.js";
import { interruptProgram } from "./fixtures/program.js";

describe.each(["sha", "arcfour"])("Ctrl-C in %s", (name) => {
  test("ends the process that works, and tells what was done so far", async () => {
    const { exitCode, stdout, stderr, workers } = await interruptProgram("a child", name, "1");
    expect(workers).toHaveLength(1);
    await whenGone(workers);
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: "" });
    expect(stdout).toMatch(
      /^1 workers, elapsed time: \d+\.\d\ds, interrupted after 0 of 12 jobs\n$/,
    );
  });

  test("in threads as well", async () => {
    const { exitCode, stdout } = await interruptProgram("\n", name, "1", "--executor", "thread");
    expect(exitCode).toBe(130);
    const lines = stdout.trimEnd().split("\n");
    const status = /^1 workers, elapsed time: \d+\.\d\ds, interrupted after (\d+) of 12 jobs$/;
    expect(Number(status.exec(lines.pop() ?? "")?.[1])).toBe(lines.length);
  });
});

describe.each(["inline", "async", "thread", "process"])("Ctrl-C in compare on %s", (kind) => {
  test("ends the workers, and what was measured so far is printed", async () => {
    const args = ["sieve", "--scale", "0.001", "-n", "500", "-w", "2", "-x", kind];
    const { exitCode, stdout, workers } = await interruptProgram("50 of", "compare", ...args);
    expect(workers).toHaveLength(kind === "process" ? 2 : 0);
    await whenGone(workers);
    expect(exitCode).toBe(130);
    expect(stdout).toContain(", interrupted\n");
    const runs = Number(/^(?:inline|\w+ × 2) +(\d+) /m.exec(stdout)?.[1]);
    expect(runs).toBeGreaterThan(0);
    expect(runs).toBeLessThan(500);
  });
});

test("Ctrl-C in primes ends the threads", async () => {
  const { exitCode, stdout } = await interruptProgram("Script starting.", "primes");
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(/interrupted after \d+ of 14 results\n$/);
});
