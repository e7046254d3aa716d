import { describe, expect, test } from "@jest/globals";
import { testThat } from "../support/needs.js";
import { printed, runProgram } from "../support/run-program.js";

const kinds = ["ThreadPoolExecutor", "ProcessPoolExecutor", "AsyncExecutor"];

/** What a program prints that has used an executor of each kind in every way. */
const allWell = printed(...kinds.map((name) => `${name} 100 25 6 10 TimeoutError`));

/** What Vitest fakes, and Sinon but for `nextTick`, which stops Node's own sockets and streams. */
const FAKED =
  "setTimeout,clearTimeout,setInterval,clearInterval,setImmediate,clearImmediate,Date,performance,hrtime,queueMicrotask";

describe("a program with fake timers", () => {
  test.each(["before import", "after import"])(
    "that are on %s still sees all calls settle",
    async (when) => {
      const end = await runProgram("platform/fake-timers.mjs", [], [when, kinds.join(), FAKED]);
      expect(end).toEqual(allWell);
    },
  );

  test("sees calls in threads settle also where they fake process.nextTick", async () => {
    const args = ["after import", "ThreadPoolExecutor", `${FAKED},nextTick`];
    const end = await runProgram("platform/fake-timers.mjs", [], args);
    expect(end).toEqual(printed("ThreadPoolExecutor 100 25 6 10 TimeoutError"));
  });
});

describe("a program that has replaced", () => {
  test.each(["timers", "microtasks", "clocks", "clones", "atomics", "promises"])(
    "%s after the import still sees all calls settle",
    async (what) => {
      const end = await runProgram("platform/replaced.mjs", [], [what, kinds.join()]);
      expect(end).toEqual(allWell);
    },
  );
});

describe("a program whose Error", () => {
  test.each([
    ["makes arrays of its stacks", "sites"],
    ["throws where a stack is made", "throws"],
    ["is frozen", "frozen"],
    ["has no limit of its stacks", "limitless"],
    ["takes no stacks", "zero"],
    ["has a limit that cannot be written", "readonly"],
    ["can no longer capture stacks", "uncaptured"],
  ])("%s still sees all calls settle", async (_title, change) => {
    expect(await runProgram("platform/errors.mjs", [], [change, kinds.join()])).toEqual(allWell);
  });

  test("is frozen with all that is built in still sees all calls settle", async () => {
    const flags = ["--frozen-intrinsics", "--no-warnings"];
    const end = await runProgram("platform/errors.mjs", flags, ["nothing", kinds.join()]);
    expect(end).toEqual(allWell);
  });
});

test("a thread whose clock a task has stopped rests, and ends when it is told to", async () => {
  expect(await runProgram("platform/frozen-clock-in-worker.mjs")).toEqual(
    printed("the idle thread rests", "shut down"),
  );
});

test("a process that Node cannot make, and throws instead of telling later, is tried again", async () => {
  expect(await runProgram("platform/no-process.mjs")).toEqual(printed("4 0"));
});

for (const name of ["threads", "processes"]) {
  testThat(
    "needs ulimit",
    `a moment without file descriptors harms no call of ${name}, neither one that runs nor one that wants a second worker`,
    async () => {
      const { stdout, exitCode } = await runProgram("platform/out-of-files.mjs", [], [name]);
      expect(stdout.split("\n").slice(1)).toEqual([
        "the call that wanted a second worker: 4",
        "the call on the healthy worker ran to its end true",
        "",
      ]);
      expect(stdout).toContain("while there are no files: running");
      expect(exitCode).toBe(0);
    },
  );
}
