import { SingleBar } from "cli-progress";
import { fileReason } from "../file-reason.js";
import { INTERRUPTED, Interruption } from "../interruption.js";
import { complain, print } from "../output.js";
import { writeWhole } from "../page-file.js";
import { formatAsHtml } from "./html-report.js";
import { machineFacts } from "./machine.js";
import { measure, type MeasureOptions } from "./measure.js";
import type { Report } from "./model.js";
import { formatAsMarkdown, formatForTerminal } from "./text-report.js";

/** What `compare` is told. */
export interface CompareOptions extends MeasureOptions {
  readonly format: "terminal" | "json" | "markdown";
  /** The file for the page with the charts. */
  readonly htmlPath: string | undefined;
  readonly baseline: Report | undefined;
}

interface Progress {
  readonly advance: () => void;
  readonly stop: () => void;
}

/** A longer bar says no more. */
const MAX_BAR = 40;
/** What stands around the bar, such as ` 50%|| 1000/2000 [1m30s<1m20s]`, and some room. */
const NUMBERS_WIDTH = 36;

/** Shows on stderr how far a comparison is: a bar on terminals, a line for each tenth elsewhere. */
function startProgress(total: number): Progress {
  if (!process.stderr.isTTY) {
    let done = 0;
    const tenth = Math.max(1, Math.round(total / 10));
    const advance = (): void => {
      done += 1;
      if (done % tenth === 0) complain(`${done} of ${total} runs done`);
    };
    return { advance, stop: () => undefined };
  }
  const bar = new SingleBar({
    stream: process.stderr,
    format: "{percentage}%|{bar}| {value}/{total} [{duration_formatted}<{eta_formatted}]",
    barCompleteChar: "█",
    barIncompleteChar: " ",
    // Where the numbers and the `^C` of the terminal would not fit behind it, the line would go on in the next one.
    barsize: Math.max(0, Math.min(MAX_BAR, (process.stderr.columns || 80) - NUMBERS_WIDTH)),
    clearOnComplete: true,
    // Otherwise the bar switches the terminal's wrapping off, and a kill leaves it so.
    linewrap: true,
  });
  bar.start(total, 0);
  return { advance: () => bar.increment(), stop: () => bar.stop() };
}

/** Measures, prints, and writes the page. */
export async function runCompare(options: CompareOptions): Promise<number> {
  const { cases, repetitions, warmUps, scale, format, htmlPath, baseline } = options;
  using interruption = new Interruption();
  const machine = machineFacts();
  const createdAt = new Date().toISOString();
  const progress = startProgress(cases.length * (repetitions + warmUps));
  let measured;
  try {
    measured = await measure(options, interruption, progress.advance);
  } finally {
    progress.stop();
  }
  const report: Report = {
    schema: 1,
    createdAt,
    machine,
    scale,
    repetitions,
    interrupted: interruption.happened,
    cases: measured,
  };
  if (format === "json") print(JSON.stringify(report, undefined, 2));
  else if (format === "markdown") print(formatAsMarkdown(report, baseline));
  else print(formatForTerminal(report, baseline));
  if (htmlPath !== undefined) {
    try {
      await writeWhole(htmlPath, formatAsHtml(report));
    } catch (error) {
      complain(`cannot write to ${htmlPath}: ${fileReason(error)}`);
      return 1;
    }
    complain(`The report is in ${htmlPath}`);
  }
  return interruption.happened ? INTERRUPTED : 0;
}
