import { describe, expect, test } from "@jest/globals";
import { printed, type ProgramEnd, runProgram } from "../support/run-program.js";

function run(name: string, ...flags: string[]): Promise<ProgramEnd> {
  return runProgram(`citizen/${name}`, flags);
}

describe("a program with threads", () => {
  test("[I15] ends by itself when they are idle, in silence", async () => {
    expect(await run("idle-ends.mjs")).toEqual(printed("1 4 9", "true"));
  });

  test("[I15] does not end while they are busy", async () => {
    expect(await run("busy-ends.mjs")).toEqual(printed("last line", "apple", "1024", "pear"));
  });

  test("pays next to nothing for them when they are idle, or wait", async () => {
    expect(await run("idle-cost.mjs")).toEqual(
      printed("idle: next to nothing", "waiting: next to nothing"),
    );
  });

  test("has timers that tick there, whether the thread is idle or never runs out of calls", async () => {
    expect(await run("ticks.mjs")).toEqual(printed("idle: it ticks", "saturated: it ticks"));
  });

  test("[T10] [T12] has no more listeners, handles, threads and memory after ten thousand calls", async () => {
    expect(await run("growth.mjs", "--expose-gc")).toEqual(
      printed(
        "handles: no more",
        "threads: no more",
        "listeners: no more",
        "heap: no more",
        "heap of a worker: no more",
      ),
    );
  });

  test("[I3] [T6] has no thread left when its executors are shut down", async () => {
    expect(await run("threads-gone.mjs")).toEqual(
      printed(
        "idle: 2 threads, then 0",
        "busy: 2 threads, then 0",
        "cancelling: 2 threads, then 0",
        "terminating: 2 threads, then 0",
        "starting: 0 threads, then 0",
      ),
    );
  });
});
