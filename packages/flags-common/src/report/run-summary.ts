import type { DownloadCounts } from "../run/download-status.js";
import type { DownloadResult } from "../run/download-result.js";

/** Times in milliseconds: half, 95 % and 99 % of the requests took no longer. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What a run came to, in numbers. Plain data. */
export interface RunSummary {
  readonly asked: number;
  readonly counts: DownloadCounts;
  readonly elapsedMs: number;
  /** Of the files that were saved. */
  readonly bytes: number;
  readonly bytesPerSecond: number;
  readonly requests: number;
  readonly retries: number;
  /** The most requests that were in flight at once. */
  readonly peakConcurrency: number;
  /** Of the last request for each file that was answered; not there when there was none. */
  readonly latencyMs?: Percentiles;
  /** Why files failed, the most frequent reason first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
}

/** Adds up the results of a run as they come. */
export class RunTotals {
  readonly #reasons = new Map<string, number>();
  readonly #latenciesMs: number[] = [];
  #bytes = 0;
  #requests = 0;
  #retries = 0;

  /** Why files failed, with how many did. */
  get reasons(): ReadonlyMap<string, number> {
    return this.#reasons;
  }

  /** Counts one result. */
  add(result: DownloadResult): void {
    this.#requests += result.attempts;
    this.#retries += Math.max(0, result.attempts - 1);
    if (result.timing?.headersMs !== undefined) this.#latenciesMs.push(result.timing.totalMs);
    if (result.status === "ok") this.#bytes += result.byteLength;
  }

  /** Counts a reason for which a file failed. */
  addReason(reason: string): void {
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }

  /** Puts the numbers together at the end. */
  summarize(
    run: Pick<RunSummary, "asked" | "counts" | "elapsedMs" | "peakConcurrency">,
  ): RunSummary {
    const { asked, counts, elapsedMs, peakConcurrency } = run;
    const sorted = this.#latenciesMs.sort((one, other) => one - other);
    const latencyMs = percentiles(sorted);
    return {
      asked,
      counts,
      elapsedMs,
      bytes: this.#bytes,
      bytesPerSecond: elapsedMs > 0 ? (this.#bytes * 1000) / elapsedMs : 0,
      requests: this.#requests,
      retries: this.#retries,
      peakConcurrency,
      ...(latencyMs === undefined ? {} : { latencyMs }),
      reasons: [...this.#reasons]
        .sort(([, one], [, other]) => other - one)
        .map(([reason, count]) => ({ reason, count })),
    };
  }
}

/** Picks percentiles by the nearest rank: each of them is a time that occurred. */
export function percentiles(sortedMs: readonly number[]): Percentiles | undefined {
  const at = (percent: number): number | undefined =>
    sortedMs[Math.max(0, Math.ceil((percent / 100) * sortedMs.length) - 1)];
  const [p50, p95, p99] = [at(50), at(95), at(99)];
  if (p50 === undefined || p95 === undefined || p99 === undefined) return undefined;
  return { p50, p95, p99 };
}
