import type { DownloadResult } from "../run/download-result.js";
import { maskedUrl } from "../shared/mask-secrets.js";
import type { RunSummary } from "./run-summary.js";

/** One file in a machine-readable report. */
export interface DownloadRecord {
  readonly name: string;
  readonly status: DownloadResult["status"];
  readonly url: string;
  readonly file: string;
  readonly attempts: number;
  readonly httpStatus?: number;
  readonly code?: string;
  readonly reason?: string;
  readonly bytes?: number;
  readonly resumedBytes?: number;
  readonly sha256?: string;
  readonly etag?: string;
  /** Milliseconds until the headers of the last answer. */
  readonly headersMs?: number;
  /** Milliseconds of the last request. */
  readonly totalMs?: number;
}

/** A machine-readable report of a run: what `--json` prints and `--report` writes. */
export interface RunReport extends RunSummary {
  readonly program: string;
  /** What stopped the run early, in words. */
  readonly stopped?: string;
  readonly results: readonly DownloadRecord[];
}

/** Makes the record of a result. */
export function toRecord(result: DownloadResult): DownloadRecord {
  const { item, status, attempts, timing } = result;
  return {
    name: item.name,
    status,
    url: maskedUrl(item.url),
    file: item.fileName,
    attempts,
    ...detailsOf(result),
    ...(timing?.headersMs === undefined ? {} : { headersMs: rounded(timing.headersMs) }),
    ...(timing === undefined ? {} : { totalMs: rounded(timing.totalMs) }),
  };
}

function detailsOf(result: DownloadResult): Partial<DownloadRecord> {
  switch (result.status) {
    case "ok": {
      const { byteLength, resumedBytes, sha256, etag } = result;
      return {
        bytes: byteLength,
        sha256,
        ...(resumedBytes === undefined ? {} : { resumedBytes }),
        ...(etag === undefined ? {} : { etag }),
      };
    }
    case "error": {
      const { code, reason, httpStatus } = result;
      return { code, reason, ...(httpStatus === undefined ? {} : { httpStatus }) };
    }
    case "notFound":
      return { httpStatus: 404 };
    case "unchanged":
    case "notStarted":
      return {};
  }
}

/** Microseconds are as fine as these clocks are. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** Rounds the times of a summary for printing. */
export function roundedSummary(summary: RunSummary): RunSummary {
  const { latencyMs } = summary;
  return {
    ...summary,
    elapsedMs: rounded(summary.elapsedMs),
    bytesPerSecond: Math.round(summary.bytesPerSecond),
    ...(latencyMs === undefined
      ? {}
      : {
          latencyMs: {
            p50: rounded(latencyMs.p50),
            p95: rounded(latencyMs.p95),
            p99: rounded(latencyMs.p99),
          },
        }),
  };
}
