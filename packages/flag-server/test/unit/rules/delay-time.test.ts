import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

import type { FaultDelay } from "../../../src/index.js";
import { delayTime } from "../../../src/rules/delay-time.js";
import { draw } from "../../../src/rules/draw.js";

/** The times that 20,000 requests would wait, shortest first. */
function times(delay: FaultDelay): number[] {
  const drawn = Array.from({ length: 20_000 }, (_, index) => {
    const identity = { seed: "1", listener: "LOCAL", path: `/${index}`, attempt: 1 };
    return delayTime(delay, draw(identity, "r").time).ms;
  });
  return drawn.sort((one, other) => one - other);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
}

/** Whether a measured number is within 3 % of the expected one. */
function near(measured: number, expected: number): boolean {
  return Math.abs(measured - expected) <= 0.03 * Math.abs(expected);
}

describe("delayTime()", () => {
  test("a number and an object without distribution are fixed", () => {
    expect(delayTime(7, [0, 0])).toEqual({ ms: 7, before: "headers" });
    expect(delayTime({ ms: 7, before: "body" }, [0.9, 0.9])).toEqual({ ms: 7, before: "body" });
  });

  test("uniform: from one end to the other", () => {
    const sorted = times({ distribution: "uniform", minMs: 1000, maxMs: 5000 });
    expect(sorted[0]).toBeGreaterThanOrEqual(1000);
    expect(sorted.at(-1)).toBeLessThanOrEqual(5000);
    for (const share of [0.1, 0.5, 0.9]) {
      expect(near(quantile(sorted, share), 1000 + 4000 * share)).toBe(true);
    }
  });

  test("normal: mean and deviation are those asked for", () => {
    const sorted = times({ distribution: "normal", meanMs: 1000, deviationMs: 200 });
    const mean = sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length;
    const variance = sorted.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / sorted.length;
    expect(near(mean, 1000)).toBe(true);
    expect(near(Math.sqrt(variance), 200)).toBe(true);
  });

  test("lognormal: the median, and the 84th percentile one sigma above", () => {
    const sorted = times({ distribution: "lognormal", medianMs: 1000, sigma: 0.5 });
    expect(near(quantile(sorted, 0.5), 1000)).toBe(true);
    expect(near(quantile(sorted, 0.8413), 1000 * Math.exp(0.5))).toBe(true);
  });

  test("pareto: never below the minimum, and the median of its formula", () => {
    const sorted = times({ distribution: "pareto", minMs: 1000, shape: 3 });
    expect(sorted[0]).toBeGreaterThanOrEqual(1000);
    expect(near(quantile(sorted, 0.5), 1000 * 2 ** (1 / 3))).toBe(true);
  });

  test.each([
    { distribution: "lognormal", medianMs: 0, sigma: 100 },
    { distribution: "pareto", minMs: 0, shape: 1e-9 },
  ] as const)("nothing stays nothing, however long the tail: %j", (delay) => {
    expect(delayTime(delay, [0.999_999_999, 0]).ms).toBe(0);
  });

  test("is a whole number from 0 to the maximum, whatever is drawn", () => {
    const ms = fc.nat({ max: 2 ** 31 - 1 });
    const positive = fc.double({ min: 1e-9, max: 1000, noNaN: true });
    const delay = fc.oneof(
      fc.record({ distribution: fc.constant("normal" as const), meanMs: ms, deviationMs: ms }),
      fc.record({ distribution: fc.constant("lognormal" as const), medianMs: ms, sigma: positive }),
      fc.record({ distribution: fc.constant("pareto" as const), minMs: ms, shape: positive }),
    );
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(delay, ms, unit, unit, (one, maxMs, first, second) => {
        const time = delayTime({ ...one, maxMs }, [first, second]).ms;
        expect(Number.isInteger(time) && time >= 0 && time <= maxMs).toBe(true);
      }),
    );
  });
});
