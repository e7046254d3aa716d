import { beforeAll, describe, expect, test } from "@jest/globals";
import { runProgram } from "../support/run-program.js";

interface Outcome {
  value?: unknown;
  thrown?: unknown;
}

/** Runs a program that prints `[check, outcome]` in each line. A wait that never ends would keep this thread, too. */
async function outcomesOf(program: string, ...args: string[]): Promise<Map<string, Outcome>> {
  const { exitCode, stdout, stderr } = await runProgram(
    `blocking/${program}.mjs`,
    [],
    args,
    120_000,
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  return new Map(lines.map((line) => JSON.parse(line) as [string, Outcome]));
}

const CALLS: [name: string, title: string, value: unknown][] = [
  ["first call", "[Y1] that are the first of their executor", 3],
  ["values", "[Y3] of all kinds of arguments and results (so many differ)", 0],
  ["several arguments", "[Y3] of several arguments", 4],
  ["async", "[Y1] of async tasks", { n: 4 }],
  ["moved", "[Y3] whose arguments are moved", [0, 5000, 3]],
  ["argument", "[Y4] whose arguments cannot be sent", "CONCUR_NOT_SERIALIZABLE"],
  ["result", "[Y4] whose result cannot be sent", "CONCUR_NOT_SERIALIZABLE"],
  ["overlap", "[Y2] beside each other", [1, 2]],
  ["many", "[Y2] by the thousand, the last first", [2999, true]],
  [
    "callbacks",
    "[Y5] whose callbacks run before the wait returns",
    ["first", "second", "returned"],
  ],
  ["callback of another", "[Y5] while others settle and their callbacks run", ["slow", "finished"]],
  ["callback that blocks", "[Y6] whose callbacks block, too", [2, 3, 1]],
  [
    "callback of a refused call that blocks",
    "[Y6] within the callback of one that cannot be sent",
    ["next", "CONCUR_NOT_SERIALIZABLE", ["within"]],
  ],
  [
    "limits",
    "[Y7] for so long, and once more",
    [["CONCUR_TIMEOUT", "CONCUR_TIMEOUT", "CONCUR_TIMEOUT"], "running", "late", "late"],
  ],
  ["limit of a call", "[Y8] that are stopped by their limit", ["CONCUR_TIMEOUT", "replaced"]],
  ["limit of a call that listens", "[Y8] that hear of their limit", "heard TimeoutError"],
  ["cancelled", "[Y4] that are cancelled", ["CONCUR_CANCELLED", [1, 1]]],
  ["aborted by a callback", "[Y8] that a callback aborts", "CONCUR_CANCELLED"],
  ["stuck", "[Y2] that were sent behind a long one", [1225, "held"]],
  ["other executors", "[Y9] of several executors", ["other", "own", "inline", "inline"]],
  [
    "refused",
    "[Y10] and refuses those that only its own event loop could end",
    { wholly: ["CONCUR_DEADLOCK"], processes: 0, looks: ["CONCUR_TIMEOUT", "CONCUR_TIMEOUT"] },
  ],
  ["bad limits", "[Y7] but not with bad limits", ["RangeError", "TypeError", "TypeError"]],
  [
    "while arguments are read",
    "[Y11] but not while arguments are read",
    [[{ value: "read" }], ["CONCUR_INVALID_STATE"], "before", "after"],
  ],
  [
    "progress and output",
    "[Y12] and hears their progress and output",
    [
      "done",
      ["half"],
      [
        ["stdout", "to stdout"],
        ["stderr", "to stderr"],
        ["stdout", "written"],
      ],
    ],
  ],
  ["each worker for one call", "[Y13] whose workers are replaced after each call", 3],
  ["several calls in one worker", "[Y2] beside each other in one worker", [1, 2, 3]],
  ["nested", "[Y9] that block their own workers in the same way", 84],
  ["initializer", "[Y1] of workers with an initializer", 5],
  ["full queue", "[Y4] of an executor with a full queue", ["CONCUR_QUEUE_FULL", "held", 1]],
  ["after shutdown", "[Y4] accepted before shutdown()", ["accepted", "CONCUR_SHUTDOWN"]],
  [
    "loop",
    "[Y5] and promises go on when the event loop does",
    ["first", "second", "returned", "promise"],
  ],
  ["with the loop", "[Y6] and by promises in turn", ["settled", 1]],
  ["in a map", "[Y6] within the iteration of a map", [2, 4, 6]],
  ["streams", "[Y6] within the iteration of a stream", [0, 1, 2]],
  ["end", "[Y13] and shuts down", "none"],
];

describe.each(["main thread", "worker", "fake timers"])(
  "a thread blocks for calls (%s)",
  (mode) => {
    let outcomes: Map<string, Outcome>;
    beforeAll(async () => {
      outcomes = await outcomesOf("calls", mode);
    }, 150_000);

    test.each(CALLS.map(([name, title, value]) => [title, name, value]))(
      "%s",
      (_title, name, value) => {
        expect(outcomes.get(String(name))).toEqual({ value });
      },
    );

    test("[Y4] whose errors arrive whole", () => {
      const cause = { name: "TypeError", message: "why" };
      const thrown = { name: "RangeError", message: "bad", code: "E", cause };
      expect(outcomes.get("error")).toEqual({ thrown });
      expect(outcomes.get("async error")).toEqual({ thrown: { name: "TypeError", message: "no" } });
      expect(outcomes.get("thrown undefined")).toEqual({ thrown: { text: "undefined" } });
    });
  },
);

describe("a thread blocks for calls whose worker", () => {
  let outcomes: Map<string, Outcome>;
  beforeAll(async () => {
    outcomes = await outcomesOf("deaths");
  }, 150_000);

  const crash = { name: "WorkerCrashedError", code: "CONCUR_WORKER_CRASHED", started: true };
  const broken = { name: "BrokenExecutorError", code: "CONCUR_BROKEN" };

  test.each([
    ["ends with code 0", "exit 0", { ...crash, exitCode: 0 }],
    ["ends with code 1", "exit 1", { ...crash, exitCode: 1 }],
    ["ends with code 42", "exit 42", { ...crash, exitCode: 42 }],
    [
      "dies of an error",
      "uncaught",
      { ...crash, exitCode: 1, cause: { name: "RangeError", message: "out of any call" } },
    ],
    [
      "dies of a rejection",
      "unheard rejection",
      { ...crash, exitCode: 1, cause: { name: "RangeError", message: "unheard" } },
    ],
    ["ends without a word", "exit without listeners", crash],
    ["is ended by a callback", "ended by a callback", broken],
    ["finds no module", "no module", { code: "ERR_MODULE_NOT_FOUND" }],
    ["finds no function", "no export", { name: "TypeError" }],
    ["loads what fails", "broken module", { message: "this module cannot be loaded" }],
    ["is ended by what it loads", "exits at import", { ...crash, exitCode: 5 }],
    ["never has loaded", "never loads", { code: "CONCUR_TIMEOUT" }],
    [
      "cannot be prepared",
      "failing initializer",
      { ...broken, cause: { name: "RangeError", message: "not prepared" } },
    ],
    ["never is prepared", "initializer that never ends", broken],
    ["does not start", "no boot", broken],
  ])("[Y14] %s", (_title, name, thrown) => {
    expect(outcomes.get(name)).toMatchObject({ thrown });
  });

  test.each([
    ["is replaced, for the next call", "next", "next"],
    ["is replaced, for those behind the call", "behind a crash", [1, 2, 3]],
    ["had finished others before", "finished before", [1_000_000, [4]]],
    ["runs out of memory", "memory", ["CONCUR_WORKER_CRASHED", true, "replaced"]],
    ["breaks the executor", "break", ["CONCUR_WORKER_CRASHED", "CONCUR_BROKEN"]],
    ["did all of this", "last", "last"],
  ])("[Y14] %s", (_title, name, value) => {
    expect(outcomes.get(name)).toEqual({ value });
  });
});
