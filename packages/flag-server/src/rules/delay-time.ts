import type { DelayedPart, FaultDelay } from "./fault.js";

/** A delay whose length is known. */
export interface DelayTime {
  readonly ms: number;
  readonly before: DelayedPart;
}

/** Where the tail of a distribution is cut when the rule does not say. */
const DEFAULT_MAX_MS = 60_000;

/** Turns a delay and two numbers from 0 to below 1 into a time: whole milliseconds, never negative. */
export function delayTime(
  delay: FaultDelay,
  [first, second]: readonly [number, number],
): DelayTime {
  if (typeof delay === "number") return { ms: delay, before: "headers" };
  const { before = "headers" } = delay;
  if (!("distribution" in delay)) return { ms: delay.ms, before };

  const { maxMs = DEFAULT_MAX_MS } = delay;
  const ms = Math.round(sample(delay, first, second));
  return { ms: Math.min(Math.max(ms, 0), maxMs), before };
}

/** Tells whether the length of a delay is drawn. */
export function isDrawn(delay: FaultDelay | undefined): boolean {
  return typeof delay === "object" && "distribution" in delay;
}

function sample(
  delay: Extract<FaultDelay, { readonly distribution: string }>,
  first: number,
  second: number,
): number {
  switch (delay.distribution) {
    case "uniform":
      return delay.minMs + (delay.maxMs - delay.minMs) * first;
    case "normal":
      return delay.meanMs + delay.deviationMs * standardNormal(first, second);
    case "lognormal":
      return scaled(delay.medianMs, Math.exp(delay.sigma * standardNormal(first, second)));
    case "pareto":
      // The inverse of its distribution function; 1 - first is never 0.
      return scaled(delay.minMs, (1 - first) ** (-1 / delay.shape));
  }
}

/** Multiplies; 0 stays 0, also where the factor is beyond the largest number. */
function scaled(ms: number, factor: number): number {
  return ms === 0 ? 0 : ms * factor;
}

/** Box and Muller's transform of two uniform numbers into one of a normal distribution. */
function standardNormal(first: number, second: number): number {
  return Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
}
