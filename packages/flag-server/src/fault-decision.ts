import { createHash } from "node:crypto";

/** Names one request so that it meets the same fate in every run. */
export interface RequestIdentity {
  readonly seed: string;
  /** Label of the listener that got the request. */
  readonly listener: string;
  /** Path of the URL, without query. */
  readonly path: string;
  /** 1 for the first request of this path on this listener, 2 for the second, and so on. */
  readonly attempt: number;
}

/** Shares of all requests, each from 0 to 1. Delays take no more than the errors leave. */
export interface FaultRates {
  readonly errorRate: number;
  readonly delayRate: number;
}

/** What happens to a request. */
export type Fault =
  | { readonly kind: "none" }
  | { readonly kind: "delay" }
  | { readonly kind: "error"; readonly status: number };

/** The statuses of a failing request, equally likely: those of the book's fault-making proxy, Vaurien. */
export const ERROR_STATUSES: readonly number[] = Object.freeze([500, 501, 502, 503]);

const NONE: Fault = { kind: "none" };
const DELAY: Fault = { kind: "delay" };

/**
 * Decides the fate of a request from its identity alone.
 *
 * There is no stream of random numbers that requests would share: their order of arrival, which changes
 * with the client's concurrency, has no say in the outcome. A higher `errorRate` adds errors and takes
 * none away.
 */
export function decideFault(identity: RequestIdentity, rates: FaultRates): Fault {
  if (rates.errorRate === 0 && rates.delayRate === 0) return NONE;
  const { seed, listener, path, attempt } = identity;
  const digest = createHash("sha256")
    .update(JSON.stringify([seed, listener, path, attempt]))
    .digest();
  const chance = digest.readUIntBE(0, 6) / 2 ** 48;
  if (chance < rates.errorRate) {
    // Another byte than those of the chance, or a low rate would favour the first status.
    const status = ERROR_STATUSES[digest.readUInt8(6) % ERROR_STATUSES.length] ?? 500;
    return { kind: "error", status };
  }
  return chance < rates.errorRate + rates.delayRate ? DELAY : NONE;
}
