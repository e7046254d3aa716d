import { createRandom } from "@concur/algorithms";
import type { Estimate } from "./model.js";

const RESAMPLES = 2000;
const CONFIDENCE = 0.95;

/** Gives the middle of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** Gives the value below which a share of sorted values lies, between neighbours by a straight line. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * Estimates a statistic of some samples: its value, and how far it varies when as many values are drawn from each sample
 * again and again (the percentile bootstrap of B. Efron). The draws are the same in each run of the program.
 */
export function bootstrap(
  samples: readonly (readonly number[])[],
  statistic: (samples: readonly (readonly number[])[]) => number,
): Estimate {
  const random = createRandom(1);
  const redraw = (sample: readonly number[]): number[] =>
    sample.map(() => sample[random.below(sample.length)] ?? NaN);
  const values = Array.from({ length: RESAMPLES }, () => statistic(samples.map(redraw)));
  values.sort((a, b) => a - b);
  return {
    value: statistic(samples),
    low: quantile(values, (1 - CONFIDENCE) / 2),
    high: quantile(values, (1 + CONFIDENCE) / 2),
  };
}
