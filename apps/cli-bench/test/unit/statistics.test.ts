import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { bootstrap, median } from "../../src/compare/statistics.js";

describe("median", () => {
  test.each([
    [[3], 3],
    [[3, 1], 2],
    [[5, 1, 3], 3],
    [[10, 1, 2, 100], 6],
  ])("of %j is %d", (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe("bootstrap", () => {
  const medianOf = ([values = []]: readonly (readonly number[])[]) => median(values);

  test("of equal values is certain", () => {
    expect(bootstrap([[7, 7, 7]], medianOf)).toEqual({ value: 7, low: 7, high: 7 });
  });

  test("holds the value, stays within the sample, and repeats", () => {
    const sample = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 });
    const property = (values: number[]) => {
      const estimate = bootstrap([values], medianOf);
      expect(estimate.low).toBeLessThanOrEqual(estimate.value);
      expect(estimate.high).toBeGreaterThanOrEqual(estimate.value);
      expect(estimate.low).toBeGreaterThanOrEqual(Math.min(...values));
      expect(estimate.high).toBeLessThanOrEqual(Math.max(...values));
      expect(bootstrap([values], medianOf)).toEqual(estimate);
    };
    fc.assert(fc.property(sample, property), { numRuns: 15 });
  });

  test("draws each sample for itself", () => {
    const ratio = ([slow = [], fast = []]: readonly (readonly number[])[]) =>
      median(slow) / median(fast);
    const estimate = bootstrap(
      [
        [20, 20, 22, 18],
        [10, 10, 10, 10],
      ],
      ratio,
    );
    expect(estimate.value).toBe(2);
    expect(estimate.low).toBeGreaterThanOrEqual(1.8);
    expect(estimate.high).toBeLessThanOrEqual(2.2);
    expect(estimate.high - estimate.low).toBeGreaterThan(0.05);
  });
});
