import { describe, expect, test } from "@jest/globals";
import { runProgram } from "../support/run-program.js";
import { ThreadBench } from "../support/bench.js";

describe("a main function that nobody awaits, in the module of the tasks", () => {
  const bench = new ThreadBench();

  /** Gives what the program printed about its error, and how often it was started. */
  async function starts(program: string, kinds: string): Promise<{ said: string; count: number }> {
    const log = bench.scratch.log();
    const { stdout, exitCode } = await runProgram(`nesting/${program}.mjs`, [], [kinds, log.path]);
    expect(exitCode).toBe(1);
    return { said: stdout, count: log.lines.length };
  }

  // The kinds of workers: one for each depth, and again.
  test.each([
    ["threads", "t"],
    ["processes", "p"],
  ])(
    "[U7] fails in the first worker where that is the program's main file: %s",
    async (_title, kinds) => {
      const { said, count } = await starts("starts-again", kinds);
      expect(said).toMatch(
        /^WorkerCrashedError CONCUR_WORKER_CRASHED \| [^\n]*the task's module is the program itself \(perhaps bundled into one file\)[^\n]*module of their own[^\n]*isMainThread[^\n]*\n$/,
      );
      expect(count).toBe(2);
    },
  );

  test.each([
    ["threads and processes in turn", "tp"],
    ["processes and threads in turn", "pt"],
  ])("[U7] fails three workers deep where it is not: %s", async (_title, kinds) => {
    const { said, count } = await starts("launcher", kinds);
    expect(said).toMatch(
      /^WorkerCrashedError CONCUR_WORKER_CRASHED \| [^\n]*workers in workers may be 3 deep[^\n]*module of their own[^\n]*isMainThread[^\n]*\n$/,
    );
    expect(count).toBe(4);
  });
});
