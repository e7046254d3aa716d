import type { CommandLine } from "../cli/command-line.js";
import type { DownloadItem } from "../input/item.js";
import type { Output } from "../report/output.js";
import { toRecord, type RunReport } from "../report/record.js";
import { reportText } from "../report/reporter.js";
import { RunTotals } from "../report/run-summary.js";
import { write } from "../report/write-reports.js";
import { maskedUrl } from "../shared/mask-secrets.js";
import { notStarted } from "./download-result.js";
import { newCounts } from "./download-status.js";

/** Says what would be downloaded, in the form that was asked for. */
export async function reportDryRun(
  program: string,
  items: readonly DownloadItem[],
  { format, report: path }: Pick<CommandLine, "format" | "report">,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const results = items.map((item) => toRecord(notStarted(item)));
  const counts = { ...newCounts(), notStarted: items.length };
  const report: RunReport = {
    program,
    ...new RunTotals().summarize({ asked: items.length, counts, elapsedMs: 0, peakConcurrency: 0 }),
    results,
  };
  switch (format) {
    case "text":
      for (const { url, fileName, fault } of items) {
        output.print(fault === undefined ? `${maskedUrl(url)} -> ${fileName}` : `*** ${fault}`);
      }
      break;
    case "json":
      output.print(reportText(report));
      break;
    case "ndjson":
      for (const record of results) output.print(JSON.stringify(record));
  }
  if (path !== undefined) {
    await write({ option: "report", path }, `${reportText(report)}\n`, output, signal);
  }
}
