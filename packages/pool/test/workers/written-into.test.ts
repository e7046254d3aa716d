import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { importTasks } from "../../src/index.js";
import { printed, runProgram } from "../support/run-program.js";
import { benches } from "../support/bench.js";

const inline = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/programs/inline/${name}`, import.meta.url));

describe.each(benches)("a task of a %s", (_kind, Bench) => {
  const bench = new Bench();
  const { add } = importTasks<{ add(a: number, b: number): number }>(inline("task.unknown"));

  test("[G13] sent as text takes what tools have written into it, and imports from its own file", async () => {
    const sentAsText =
      "ReferenceError: outside is not defined: the task was sent as text, and sees nothing of the file where it is written; defineTasks() keeps it there";
    expect(await runProgram("inline/written-into.mjs", [], [Bench.Executor.name])).toEqual(
      printed(
        "the neighbour",
        "the neighbour",
        "counted",
        sentAsText,
        sentAsText,
        sentAsText,
        "ReferenceError: missing is not defined",
        // Not a line of the file that has it.
        "inline-task.js:3:",
        "ReferenceError: of my own",
      ),
    );
  });

  test("[G13] is loaded by a loader that reaches require() only", async () => {
    const executor = bench.executor({ execArgv: ["--require", inline("loader.cjs")] });
    expect(await executor.run(add, 2, 3)).toBe(5);
  });

  test("[G13] of a kind of file that no loader takes says which file, and what to do", async () => {
    await expect(bench.executor().run(add, 2, 3)).rejects.toMatchObject({
      name: "TypeError",
      code: "ERR_UNKNOWN_FILE_EXTENSION",
      message: expect.stringMatching(
        /^no loader of this worker takes file:\/\/.*task\.unknown; give it the loader that the program has, as in execArgv: \["--import", "tsx"\]$/,
      ),
    });
  });
});
