import type { Chart } from "chart.js";
import type { PageData } from "../src/compare/html-report.js";
import { describeExecutor } from "../src/compare/model.js";
import { applyTheme, distributionChart, draw, speedUpChart, timelineChart } from "./charts.js";

const { report, summaries } = JSON.parse(
  document.querySelector("#data")?.textContent ?? "",
) as PageData;
const cases = report.cases.filter(({ calls }) => calls.length > 0);
const select = document.querySelector<HTMLSelectElement>("#case");
const drawn: Chart[] = [];
let timeline: Chart | undefined;

function drawTimeline(): void {
  const canvas = document.querySelector<HTMLCanvasElement>("[data-chart=timeline]");
  const chosen = cases[select?.selectedIndex ?? 0];
  timeline?.destroy();
  timeline = undefined;
  if (canvas === null || chosen === undefined) return;
  timeline = draw(canvas, timelineChart(chosen));
}

function drawAll(): void {
  applyTheme();
  for (const chart of drawn.splice(0)) chart.destroy();
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>("canvas[data-workload]")) {
    const { chart, workload } = canvas.dataset;
    const summarised = summaries.filter((summary) => summary.workload === workload);
    const measured = cases.filter((result) => result.workload === workload);
    const configuration =
      chart === "speed-up" ? speedUpChart(summarised) : distributionChart(measured, summarised);
    drawn.push(draw(canvas, configuration));
  }
  drawTimeline();
}

for (const { workload, ...rest } of cases) {
  select?.append(new Option(`${workload}, ${describeExecutor(rest)}`));
}
// The last case has the most workers: there is most to see.
if (select !== null) select.selectedIndex = cases.length - 1;
select?.addEventListener("change", drawTimeline);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
drawAll();
