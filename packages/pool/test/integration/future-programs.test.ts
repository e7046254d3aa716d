import { describe, expect, test } from "@jest/globals";
import { printed, runProgram } from "../support/run-program.js";

/** The first line of the warning that Node prints for a callback that failed, and the detail under it. */
function warnings(stderr: string): string[] {
  return stderr
    .split("\n")
    .filter((line) => line.includes("ConcurWarning:"))
    .map((line) => line.slice(line.indexOf("ConcurWarning:")));
}

describe("a program", () => {
  test("[D17] with failures that nobody looks at ends in silence", async () => {
    expect(await runProgram("silent-failures.mjs")).toEqual(printed("6 done, 6 waited for"));
  });

  test("[D12] with limits of an hour ends when its futures are done", async () => {
    expect(await runProgram("long-limits.mjs")).toEqual(printed("all waits are over"));
  });

  test("[D13] with limits longer than a timer can be waits on, without a warning", async () => {
    expect(await runProgram("huge-limits.mjs")).toEqual(
      printed("0 over before the value", "16 over after it"),
    );
  });

  test("[B9] [F16] that waits for futures which a shutdown cancelled ends", async () => {
    expect(await runProgram("after-shutdown.mjs")).toEqual(
      printed(
        "cancelled cancelled cancelled cancelled finished",
        "5 done",
        "5 done for who waited before",
      ),
    );
  });

  test("[F11] [T4] gets the memory of futures back that asCompleted() has handed out", async () => {
    expect(await runProgram("collectable.mjs", ["--expose-gc"])).toEqual(
      printed("0 kept", "0 waiters"),
    );
  });

  test("[D15] that waits again and again with one signal is not warned of a leak", async () => {
    expect(await runProgram("many-waits.mjs")).toEqual(printed("0 listeners"));
  });

  test("[U2] that only imports the package has not loaded child_process", async () => {
    expect(await runProgram("lazy-root.mjs")).toEqual(printed("[]"));
  });

  test("[A14] finds the classes of the built package under their own names", async () => {
    expect(await runProgram("class-names.mjs")).toEqual(printed("0 renamed", "0 renamed"));
  });

  test("may hold the ESM and the CommonJS copy at once: errors, futures and tasks are known to both", async () => {
    expect(await runProgram("two-copies.mjs")).toEqual(
      printed("one copy: false", "true true", "2 2", "2 2", "42", "TypeError"),
    );
  });
});

describe("a callback that fails", () => {
  test("[C6] [C17] becomes a warning that shows the future, and the others run on", async () => {
    const { exitCode, stdout, stderr } = await runProgram("callback-throws.mjs");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "progress 1\nfirst\nlast\n42\n" });
    expect(warnings(stderr)).toEqual([
      "ConcurWarning: exception in a callback of <Future state=pending>: Error: bad progress listener",
      "ConcurWarning: exception in a callback of <Future state=finished returned number>: RangeError: bad callback",
      "ConcurWarning: exception in a callback of <Future state=finished returned number>: undefined",
    ]);
    expect(stderr).toContain("[CONCUR_CALLBACK]");
    expect(stderr).toContain("callback-throws.mjs:");
  });

  test("[C7] [C17] at once is a warning too, and addDoneCallback() returns", async () => {
    const { exitCode, stdout, stderr } = await runProgram("callback-throws-late.mjs");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "added\n" });
    expect(warnings(stderr)).toEqual([
      "ConcurWarning: exception in a callback of <Future state=finished raised Error>: RangeError: bad callback",
    ]);
  });

  test("[C16] [C17] by a rejection is a warning, never an unhandled rejection", async () => {
    const { exitCode, stdout, stderr } = await runProgram("callback-rejects.mjs");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "resolved\n" });
    expect(warnings(stderr)).toEqual([
      "ConcurWarning: exception in a callback of <Future state=finished returned number>: RangeError: bad callback",
    ]);
  });
});
