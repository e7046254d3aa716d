import { describeExecutor, type Estimate, type Report, type Summary } from "./model.js";
import { compareReports, summarise, type Change } from "./summary.js";
import { fold, formatMarkdownTable, formatTable, type Table } from "./table.js";
import { WORKLOADS } from "./workloads.js";

const BAR_WIDTH = 40;

const range = ({ low, high }: Estimate, digits: number): string =>
  `${low.toFixed(digits)} … ${high.toFixed(digits)}`;

function summaryTable(summaries: readonly Summary[]): Table {
  return {
    headings: [
      "workload",
      "executor",
      "runs",
      "median ms",
      "95 %",
      "speed-up",
      "95 %",
      "efficiency",
    ],
    rows: summaries.map(({ workload, runs, medianMs, speedUp, efficiency, ...rest }) => [
      workload,
      describeExecutor(rest),
      String(runs),
      medianMs.value.toFixed(1),
      range(medianMs, 1),
      speedUp.value.toFixed(2),
      range(speedUp, 2),
      `${(100 * efficiency).toFixed(0)} %`,
    ]),
  };
}

/** The workload stands above its table, which then fits into 80 columns. */
function withoutFirstColumn({ headings, rows }: Table): Table {
  return { headings: headings.slice(1), rows: rows.map((row) => row.slice(1)) };
}

function changeTable(changes: readonly Change[]): Table {
  return {
    headings: ["workload", "executor", "time now / then", "95 %", "verdict"],
    rows: changes.map(({ workload, ratio, verdict, ...rest }) => [
      workload,
      describeExecutor(rest),
      ratio.value.toFixed(3),
      range(ratio, 3),
      verdict,
    ]),
  };
}

/** Draws the speed-ups of a workload as bars. */
function bars(summaries: readonly Summary[]): string[] {
  const most = Math.max(1, ...summaries.map(({ speedUp }) => speedUp.value));
  const names = summaries.map(describeExecutor);
  const width = Math.max(...names.map((name) => name.length));
  return summaries.map(({ speedUp }, index) => {
    const bar = "█".repeat(Math.max(1, Math.round((speedUp.value / most) * BAR_WIDTH)));
    return `  ${(names[index] ?? "").padEnd(width)}  ${bar} ${speedUp.value.toFixed(2)}`;
  });
}

function machineLine({ machine }: Report): string {
  const { cpu, cores, platform, node, load } = machine;
  return [cpu, `${cores} cores`, platform, `Node ${node}`, `load ${load.toFixed(2)}`].join(", ");
}

function runLine({ repetitions, scale, interrupted }: Report): string {
  const runs = `${repetitions} ${repetitions === 1 ? "repetition" : "repetitions"}`;
  return `${runs}, scale ${scale}${interrupted ? ", interrupted" : ""}`;
}

function referenceLine(summaries: readonly Summary[]): string {
  const names = new Set(summaries.map(({ reference }) => describeExecutor(reference)));
  return `Speed-ups refer to ${[...names].join(", ")}. Intervals: bootstrap of the median.`;
}

/** Writes a report for a terminal: tables and bars. */
export function formatForTerminal(report: Report, baseline?: Report): string {
  const summaries = summarise(report);
  const lines = [fold(machineLine(report)), runLine(report)];
  if (summaries.length === 0) return [...lines, "Nothing was measured."].join("\n");
  for (const workload of new Set(summaries.map((summary) => summary.workload))) {
    const of = summaries.filter((summary) => summary.workload === workload);
    lines.push("", fold(`${workload}: ${WORKLOADS[workload].description}`), "");
    lines.push(formatTable(withoutFirstColumn(summaryTable(of))), "", "speed-up", ...bars(of));
  }
  if (baseline !== undefined)
    lines.push("", formatTable(changeTable(compareReports(report, baseline))));
  lines.push("", referenceLine(summaries));
  return lines.join("\n");
}

/** Writes a report in Markdown. */
export function formatAsMarkdown(report: Report, baseline?: Report): string {
  const summaries = summarise(report);
  const parts = [formatMarkdownTable(summaryTable(summaries))];
  if (baseline !== undefined) {
    parts.push(formatMarkdownTable(changeTable(compareReports(report, baseline))));
  }
  return [...parts, `${machineLine(report)}; ${runLine(report)}. ${referenceLine(summaries)}`].join(
    "\n\n",
  );
}
