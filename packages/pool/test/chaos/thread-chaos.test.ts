import { describe, expect, test } from "@jest/globals";
import { BusyCores } from "./busy-cores.js";
import { runChaos } from "./chaos-run.js";

const CALLS = 2_000;
const LIMIT_MS = 900_000;

/**
 * Chosen so that each way to end an executor is among them. CONCUR_CHAOS_SEEDS=200 runs so many more, which begin with 100;
 * `-t "seed 123$"` runs one of them.
 */
const more = Number(process.env["CONCUR_CHAOS_SEEDS"] ?? 0);
const seeds = [1, 7, 13, 42, 49, 186, ...Array.from({ length: more }, (_, index) => 100 + index)];

describe("2,000 calls of all kinds, cancelled, stopped and struck by the death of workers, end once and truly", () => {
  test.each(seeds)(
    "[B6] [T6] [T11] seed %d",
    async (seed) => {
      expect(await runChaos(seed, CALLS)).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    "[T6] [T11] seed 11, while other programs want twice the cores there are",
    async () => {
      await using others = new BusyCores();
      expect(others.programs).toBeGreaterThan(1);
      expect(await runChaos(11, CALLS)).toEqual([]);
    },
    LIMIT_MS,
  );
});
