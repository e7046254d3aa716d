import { describe, expect, test } from "@jest/globals";
import { Scratch } from "../support/gate.js";
import { children, isAlive } from "../support/processes.js";
import { ProcessChaos } from "./process-run.js";

const CALLS = 5_000;
const LIMIT_MS = 900_000;

/** CONCUR_CHAOS_SEEDS=20 runs so many more, which begin with 100; `-t "seed 123$"` runs one of them. */
const more = Number(process.env["CONCUR_CHAOS_SEEDS"] ?? 0);
const seeds = [3, 17, ...Array.from({ length: more }, (_, index) => 100 + index)];

describe("5,000 calls in processes that are killed, stopped and continued, or exit, end once and truly", () => {
  test.each(seeds)(
    "[T6] [T11] [N1] seed %d",
    async (seed) => {
      using scratch = new Scratch();
      const before = new Set(children());
      const run = new ProcessChaos(seed, CALLS, scratch.log());
      expect(await run.complaints()).toEqual([]);
      expect(run.pids.filter(isAlive)).toEqual([]);
      expect(children().filter((pid) => !before.has(pid))).toEqual([]);
    },
    LIMIT_MS,
  );
});
