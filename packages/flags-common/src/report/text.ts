import type { DownloadResult } from "../run/download-result.js";
import type { DownloadCounts } from "../run/download-status.js";
import type { RunSummary } from "./run-summary.js";

/** More codes than this are shown as `from AA to ZZ`. */
const MAX_CODES_SHOWN = 10;
/** More reasons than this are counted together. */
const MAX_REASONS_SHOWN = 5;

/** What is about to be done. */
export interface RunHeading {
  /** Where the files are: `LOCAL site: http://localhost:8001/flags`. */
  readonly source: string;
  /** What they are called: `flag` or `file`. */
  readonly noun: string;
  /** The names of the files: country codes, in the order of the list. */
  readonly names: readonly string[];
  readonly concurReq: number;
  /** Whether that is only the most that there may be. */
  readonly isAdaptive: boolean;
}

/** Says what is about to be done, in the words of the Python programs. */
export function initialReport(run: RunHeading): string[] {
  const { source, noun, names, concurReq, isAdaptive } = run;
  const shown =
    names.length <= MAX_CODES_SHOWN
      ? names.join(", ")
      : `from ${names.at(0) ?? ""} to ${names.at(-1) ?? ""}`;
  return [
    source,
    `Searching for ${count(names.length, noun)}: ${shown}`,
    `${isAdaptive ? "Up to " : ""}${count(concurReq, "concurrent connection")} will be used.`,
  ];
}

/** Says what was done, in the words of the Python programs; after Ctrl-C also what was not. */
export function finalReport(counts: DownloadCounts, elapsedMs: number, noun = "flag"): string[] {
  return [
    "-".repeat(20),
    `${count(counts.ok, noun)} downloaded.`,
    ...(counts.unchanged > 0 ? [`${counts.unchanged} unchanged.`] : []),
    ...(counts.notFound > 0 ? [`${counts.notFound} not found.`] : []),
    ...(counts.error > 0 ? [`${count(counts.error, "error")}.`] : []),
    ...(counts.notStarted > 0 ? [`${counts.notStarted} not started.`] : []),
    `Elapsed time: ${(elapsedMs / 1000).toFixed(2)}s`,
  ];
}

/** Says with `--stats` how it went. */
export function statistics(summary: RunSummary): string[] {
  const { requests, retries, peakConcurrency, bytes, bytesPerSecond, latencyMs } = summary;
  const again = count(retries, "retry", "retries");
  return [
    `Requests: ${requests}, of them ${again}; at most ${peakConcurrency} at once.`,
    `Received: ${size(bytes)}, ${size(bytesPerSecond)}/s.`,
    ...(latencyMs === undefined
      ? []
      : [
          `Answers took: ${time(latencyMs.p50)} (p50), ${time(latencyMs.p95)} (p95), ${time(latencyMs.p99)} (p99).`,
        ]),
  ];
}

/** Says with `-v` what became of one file; nothing for one that was not started. */
export function resultLine(result: DownloadResult): string | undefined {
  const { name } = result.item;
  switch (result.status) {
    case "ok":
      return `${name} OK`;
    case "unchanged":
      return `${name} unchanged`;
    case "notFound":
      return `${name} not found`;
    case "error":
      return `*** Error for ${name}: ${result.reason}`;
    case "notStarted":
      return undefined;
  }
}

/** Says without `-v` why files failed, the most frequent reason first; nothing when none failed. */
export function failureSummary(reasons: ReadonlyMap<string, number>): string | undefined {
  const sorted = [...reasons].sort(([, one], [, other]) => other - one);
  const total = sum(sorted);
  if (total === 0) return undefined;
  const shown = sorted.slice(0, MAX_REASONS_SHOWN).map(([reason, times]) => `${times} × ${reason}`);
  const others = sum(sorted.slice(MAX_REASONS_SHOWN));
  if (others > 0) shown.push(`${others} for other reasons`);
  return `*** ${count(total, "error")}: ${shown.join(", ")}`;
}

function sum(entries: readonly (readonly [string, number])[]): number {
  return entries.reduce((total, [, times]) => total + times, 0);
}

/** Writes a number with its noun: `1 flag`, `2 flags`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

function time(ms: number): string {
  return ms < 10_000 ? `${Number(ms.toPrecision(3))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Writes a number of bytes in steps of 1000: `5872 B`, `770.6 kB`. */
export function size(bytes: number): string {
  const units = ["kB", "MB", "GB", "TB"];
  let value = Math.round(bytes);
  let unit = "B";
  for (const larger of units) {
    if (value < 10_000) break;
    value /= 1000;
    unit = larger;
  }
  return `${Number(value.toFixed(1))} ${unit}`;
}
