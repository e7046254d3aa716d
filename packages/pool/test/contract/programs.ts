import { describe, expect, test } from "@jest/globals";
import { printed, type ProgramEnd, runProgram } from "../support/run-program.js";
import type { Workbench } from "./workbench.js";

/** How programs end that use the built package: each runs in a process of its own, and is killed if it hangs. */
export function describePrograms({ subject }: Workbench): void {
  const run = (name: string, ...flags: string[]): Promise<ProgramEnd> =>
    runProgram(`contract/${name}`, flags, [subject.name]);

  describe("a program", () => {
    test("[I15] [D12] that simply ends gets all its calls done, in silence", async () => {
      expect(await run("just-ends.mjs")).toEqual(printed("8", "apple", "pear"));
    });

    test("[I9] that cancels and leaves ends, in silence", async () => {
      expect(await run("cancels-and-leaves.mjs")).toEqual(printed("3 done"));
    });

    test("[I16] may submit before its exit, but not during it", async () => {
      const refusal = "CONCUR_SHUTDOWN true";
      expect(await run("submits-at-exit.mjs")).toEqual(
        printed("16", "32", refusal, refusal, refusal),
      );
    });

    test("[I17] that shuts down without waiting gets its call done", async () => {
      expect(await run("shuts-down-and-ends.mjs")).toEqual(printed("apple"));
    });

    test("[I18] that cancels right before it shuts down does not hang", async () => {
      expect(await run("cancels-before-shutdown.mjs")).toEqual(printed("true"));
    });

    test("[B9] [F16] that waits for calls cancelled by a shutdown does not hang", async () => {
      expect(await run("waits-for-cancelled.mjs")).toEqual(printed("5 seen", "5 done, 0 not"));
    });

    test("[H23] [D17] that abandons its maps ends, in silence", async () => {
      expect(await run("abandons-maps.mjs")).toEqual(printed("apple"));
    });

    test("[H24] [T3] gets back the memory of results that map() has handed out", async () => {
      const none = "0 of 9 kept, then one more";
      expect(await run("drops-results.mjs", "--expose-gc")).toEqual(printed(none, none, none));
    });

    test("[T1] gets back the memory of arguments and futures of calls that are done", async () => {
      expect(await run("drops-arguments.mjs", "--expose-gc")).toEqual(
        printed("0 arguments kept", "0 of 4 futures kept", "0"),
      );
    });

    test("[T12] [B17] needs no more memory for ten thousand calls than for a few", async () => {
      expect(await run("many-calls.mjs", "--expose-gc")).toEqual(printed("bounded"));
    });

    test("[T10] may bind one signal to a thousand calls without a warning", async () => {
      expect(await run("shares-signal.mjs")).toEqual(printed("0 listeners"));
    });
  });
}
