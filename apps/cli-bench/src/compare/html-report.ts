import { readFileSync } from "node:fs";
import { describeExecutor, type Report, type Summary } from "./model.js";
import { summarise } from "./summary.js";

/** What the script of the page gets. */
export interface PageData {
  readonly report: Report;
  readonly summaries: readonly Summary[];
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

const STYLE = `
:root { color-scheme: light dark; --text: #1c2430; --muted: #5b6675; --page: #ffffff; --panel: #f4f6f9; --line: #d5dbe3; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6eaf0; --muted: #9aa6b5; --page: #12161c; --panel: #1b212a; --line: #364150; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
p { margin: .25rem 0 1rem; color: var(--muted); }
section { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0; }
.charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); }
.charts section { margin: 0; min-width: 0; }
.chart { position: relative; height: 20rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .3rem .6rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
select { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: .25rem; padding: .15rem .4rem; max-width: 100%; }
`;

function tableRows(summaries: readonly Summary[]): string {
  return summaries
    .map(({ workload, runs, medianMs, speedUp, efficiency, ...rest }) => {
      const numbers = [
        String(runs),
        medianMs.value.toFixed(1),
        `${medianMs.low.toFixed(1)} … ${medianMs.high.toFixed(1)}`,
        speedUp.value.toFixed(2),
        `${speedUp.low.toFixed(2)} … ${speedUp.high.toFixed(2)}`,
        `${(100 * efficiency).toFixed(0)} %`,
      ];
      const cells = numbers.map((text) => `<td class="number">${text}</td>`).join("");
      const names = [workload, describeExecutor(rest)].map(
        (name) => `<td>${escapeHtml(name)}</td>`,
      );
      return `<tr>${names.join("")}${cells}</tr>`;
    })
    .join("\n");
}

/** Writes a report as one page that needs nothing else: styles, charting library, data and charts are in it. */
export function formatAsHtml(report: Report): string {
  const summaries = summarise(report);
  const { machine, createdAt, repetitions, scale, interrupted } = report;
  const script = readFileSync(new URL("./report-client.js", import.meta.url), "utf8");
  const data: PageData = { report, summaries };
  // In a script "<" could end it; in JSON it can be written otherwise.
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  const workloads = [...new Set(summaries.map(({ workload }) => workload))];
  const panels = workloads
    .flatMap((workload) => [
      `<section><h2>Speed-up: ${workload}</h2><div class="chart"><canvas data-chart="speed-up" data-workload="${workload}"></canvas></div></section>`,
      `<section><h2>Run times: ${workload}</h2><div class="chart"><canvas data-chart="distribution" data-workload="${workload}"></canvas></div></section>`,
    ])
    .join("\n");
  const facts = `${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}`;
  const run = `${repetitions} repetitions, scale ${scale}${interrupted ? ", interrupted" : ""}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>cli-bench compare</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>cli-bench compare</h1>
<p>${escapeHtml(facts)}<br>${escapeHtml(`${run}, ${createdAt}`)}</p>
<div class="charts">
${panels}
</div>
<section><h2>Which worker ran what, and when <select id="case" aria-label="Case"></select></h2>
<div class="chart"><canvas data-chart="timeline"></canvas></div></section>
<section><h2>Figures</h2><div class="scroll"><table>
<tr><th>workload</th><th>executor</th><th class="number">runs</th><th class="number">median ms</th><th class="number">95 %</th><th class="number">speed-up</th><th class="number">95 %</th><th class="number">efficiency</th></tr>
${tableRows(summaries)}
</table></div></section>
<script type="application/json" id="data">${json}</script>
<script>${script}</script>
</body>
</html>
`;
}
