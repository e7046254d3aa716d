import type { DownloadResult } from "../run/download-result.js";
import type { Output } from "./output.js";
import { toRecord, roundedSummary, type RunReport } from "./record.js";
import { finalReport, initialReport, resultLine, statistics, type RunHeading } from "./text.js";

/** Writes to stdout what happens in a run, in one of several forms. */
export interface Reporter {
  started(heading: RunHeading): void;
  completed(result: DownloadResult): void;
  /** Gets all of it, also what was told before. */
  finished(report: RunReport): void;
}

/** The words of the Python programs. */
export class TextReporter implements Reporter {
  readonly #output: Output;
  readonly #options: { readonly verbose: boolean; readonly stats: boolean };
  #noun = "flag";

  constructor(output: Output, options: { readonly verbose: boolean; readonly stats: boolean }) {
    this.#output = output;
    this.#options = options;
  }

  started(heading: RunHeading): void {
    this.#noun = heading.noun;
    this.#output.print(...initialReport(heading));
  }

  completed(result: DownloadResult): void {
    const line = this.#options.verbose ? resultLine(result) : undefined;
    if (line !== undefined) this.#output.print(line);
  }

  finished(report: RunReport): void {
    this.#output.print(...finalReport(report.counts, report.elapsedMs, this.#noun));
    if (this.#options.stats) this.#output.print(...statistics(report));
  }
}

/** One JSON document at the end. */
export class JsonReporter implements Reporter {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  started(): void {
    // A document has one end and no beginning of its own.
  }

  completed(): void {
    // It is in the report.
  }

  finished(report: RunReport): void {
    this.#output.print(reportText(report));
  }
}

/** A line of JSON for each file as it comes, and one with the summary at the end. */
export class NdjsonReporter implements Reporter {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  started(): void {
    // Every line is a file, until the last.
  }

  completed(result: DownloadResult): void {
    this.#output.print(JSON.stringify(toRecord(result)));
  }

  finished({ results: _results, ...summary }: RunReport): void {
    this.#output.print(JSON.stringify({ summary: { ...summary, ...roundedSummary(summary) } }));
  }
}

/** Writes a report as a JSON document that people can read too. */
export function reportText(report: RunReport): string {
  return JSON.stringify({ ...report, ...roundedSummary(report) }, undefined, 2);
}
