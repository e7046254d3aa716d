import { expect, test } from "@jest/globals";
import { printed, runProgram } from "../support/run-program.js";

/** The program starts a dozen threads. */
const LONG_MS = 240_000;

/** What the program does where it is called. */
const DEEDS = [
  "submits",
  "aborts",
  "aborts without a grace",
  "shuts down",
  "shuts down and cancels",
  "terminates",
  "kills",
  "broadcasts",
  "throws",
];

test.each([
  "done callback",
  "refusal",
  "getter",
  "getter of a class",
  "tracing",
  "console",
  "progress",
  "worker channel",
  "abort listener",
])(
  "whoever is called by an executor (%s) may do anything: all settles, and no value is another's",
  async (door) => {
    const end = await runProgram("thread/does-anything.mjs", ["--no-warnings"], [door], LONG_MS);
    expect(end).toEqual(printed(...DEEDS.map((deed) => `${deed}: settled`)));
  },
  LONG_MS + 5_000,
);

test.each(["terminateWorkers", "killWorkers", "abort"])(
  "%s() in a callback, with more results there than when it was called",
  async (deed) => {
    const { stdout, stderr, exitCode } = await runProgram(
      "thread/ends-in-callback.mjs",
      [],
      [deed],
    );
    expect(stdout).toMatch(/^0 wrong, 0 lost, the last (Broken|Cancel)\w+Error\n$/);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  },
);
