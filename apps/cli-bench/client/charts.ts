import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  ScatterController,
  Tooltip,
  type ChartConfiguration,
} from "chart.js";
import { describeExecutor, type CaseResult, type Summary } from "../src/compare/model.js";
import { executorColor, pageColor, seriesColor } from "./theme.js";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  ScatterController,
  Tooltip,
);

/** Sets what all charts share, from the colours of the page as they are now. */
export function applyTheme(): void {
  Chart.defaults.color = pageColor("muted");
  Chart.defaults.borderColor = pageColor("line");
  Chart.defaults.font.family = "system-ui, sans-serif";
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.animation = false;
}

/** Draws a chart on a canvas. */
export function draw(canvas: HTMLCanvasElement, configuration: ChartConfiguration): Chart {
  return new Chart(canvas, configuration);
}

const titled = (text: string) => ({ title: { display: true, text } });

/** Speed-up over workers: a line per executor, and the line of the ideal. */
export function speedUpChart(summaries: readonly Summary[]): ChartConfiguration<"line"> {
  const most = Math.max(2, ...summaries.map(({ workers }) => workers));
  const kinds = [...new Set(summaries.map(({ executor }) => executor))];
  const lines = kinds.map((kind) => {
    const color = executorColor(kind);
    const points = summaries
      .filter(({ executor }) => executor === kind)
      .map(({ workers, speedUp }) => ({ x: workers, y: speedUp.value }))
      .sort((a, b) => a.x - b.x);
    return {
      label: kind,
      data: points,
      borderColor: color,
      backgroundColor: color,
      pointRadius: 4,
    };
  });
  const ideal = {
    label: "ideal",
    data: [
      { x: 1, y: 1 },
      { x: most, y: most },
    ],
    borderColor: pageColor("muted"),
    backgroundColor: pageColor("muted"),
    borderDash: [4, 4],
    borderWidth: 1,
    pointRadius: 0,
  };
  return {
    type: "line",
    data: { datasets: [...lines, ideal] },
    options: {
      plugins: { legend: { labels: { usePointStyle: true, pointStyle: "line" } } },
      scales: {
        x: { type: "linear", min: 1, max: most, ticks: { precision: 0 }, ...titled("workers") },
        y: { beginAtZero: true, ...titled("times as fast") },
      },
    },
  };
}

/** Every run as a point, over the middle of all its case's runs as a dash. */
export function distributionChart(
  cases: readonly CaseResult[],
  summaries: readonly Summary[],
): ChartConfiguration<"scatter"> {
  const names = summaries.map(describeExecutor);
  const runs = cases.flatMap(({ runsMs, ...rest }) => {
    const place = names.indexOf(describeExecutor(rest));
    // Side by side in the order of running, so that equal times do not cover one another.
    return runsMs.map((ms, index) => ({
      x: place + (runsMs.length > 1 ? (index / (runsMs.length - 1) - 0.5) * 0.5 : 0),
      y: ms,
    }));
  });
  const colors = runs.map(({ x }) => executorColor(summaries[Math.round(x)]?.executor ?? ""));
  const medians = summaries.map(({ medianMs }, place) => ({ x: place, y: medianMs.value }));
  return {
    type: "scatter",
    data: {
      datasets: [
        { label: "one run", data: runs, backgroundColor: colors, borderColor: colors },
        {
          label: "median",
          data: medians,
          pointStyle: "line",
          pointRadius: 18,
          borderWidth: 2,
          borderColor: pageColor("text"),
          backgroundColor: pageColor("text"),
        },
      ],
    },
    options: {
      plugins: { legend: { labels: { usePointStyle: true } } },
      scales: {
        x: {
          min: -0.5,
          max: names.length - 0.5,
          // Ticks in the middle of each case only.
          afterBuildTicks: (axis) => {
            axis.ticks = names.map((_, value) => ({ value }));
          },
          ticks: { callback: (value) => names[Number(value)] ?? "", autoSkip: false },
          grid: { display: false },
        },
        y: { beginAtZero: true, ...titled("milliseconds") },
      },
    },
  };
}

/** The calls of the last run: a row per worker, a bar from the begin to the end of each call. */
export function timelineChart({ calls }: CaseResult): ChartConfiguration<"bar"> {
  const begin = Math.min(...calls.map(({ startMs }) => startMs));
  const workers = [...new Set(calls.map(({ worker }) => worker))];
  const names = workers.map((_, index) => `worker ${index + 1}`);
  // One data set per call, all in the same rows.
  const datasets = calls.map(({ worker, startMs, endMs }, index) => ({
    label: `call ${index + 1}`,
    data: names.map((_, row): [number, number] | null =>
      workers[row] === worker ? [startMs - begin, endMs - begin] : null,
    ),
    backgroundColor: seriesColor(index),
    grouped: false,
    barPercentage: 0.9,
    minBarLength: 1,
  }));
  return {
    type: "bar",
    data: { labels: names, datasets },
    options: {
      indexAxis: "y",
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            label: ({ dataset, raw }) => {
              const [from = 0, to = 0] = Array.isArray(raw) ? raw.map(Number) : [];
              return `${dataset.label ?? ""}: ${from.toFixed(1)} to ${to.toFixed(1)} ms`;
            },
          },
        },
      },
      scales: { x: { beginAtZero: true, ...titled("milliseconds from the first call") } },
    },
  };
}
