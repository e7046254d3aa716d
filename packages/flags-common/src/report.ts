import type { DownloadCounts } from "./download-status.js";
import type { DownloadResult } from "./flag-result.js";
import type { ServerLabel } from "./servers.js";

/** More codes than this are shown as `from AA to ZZ`. */
const MAX_CODES_SHOWN = 10;
/** More reasons than this are counted together. */
const MAX_REASONS_SHOWN = 5;

/** Says what is about to be done, in the words of the Python programs. */
export function initialReport(run: {
  readonly server: ServerLabel;
  readonly baseUrl: string;
  readonly ccList: readonly string[];
  readonly concurReq: number;
}): string[] {
  const { ccList, concurReq } = run;
  const codes =
    ccList.length <= MAX_CODES_SHOWN
      ? ccList.join(", ")
      : `from ${ccList.at(0) ?? ""} to ${ccList.at(-1) ?? ""}`;
  return [
    `${run.server} site: ${run.baseUrl}`,
    `Searching for ${count(ccList.length, "flag")}: ${codes}`,
    `${count(concurReq, "concurrent connection")} will be used.`,
  ];
}

/** Says what was done, in the words of the Python programs; after Ctrl-C also what was not. */
export function finalReport(counts: DownloadCounts, elapsedMs: number): string[] {
  return [
    "-".repeat(20),
    `${count(counts.ok, "flag")} downloaded.`,
    ...(counts.notFound > 0 ? [`${counts.notFound} not found.`] : []),
    ...(counts.error > 0 ? [`${count(counts.error, "error")}.`] : []),
    ...(counts.notStarted > 0 ? [`${counts.notStarted} not started.`] : []),
    `Elapsed time: ${(elapsedMs / 1000).toFixed(2)}s`,
  ];
}

/** Says with `-v` what became of one flag; nothing for one that was not started. */
export function resultLine(result: DownloadResult): string | undefined {
  switch (result.status) {
    case "ok":
      return `${result.cc} OK`;
    case "notFound":
      return `${result.cc} not found`;
    case "error":
      return `*** Error for ${result.cc}: ${result.reason}`;
    case "notStarted":
      return undefined;
  }
}

/** Says without `-v` why flags failed, the most frequent reason first; nothing when none failed. */
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

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
