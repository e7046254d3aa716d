import { kindOf } from "../cases/index.mjs";
import { judgeMetric } from "./bars.mjs";

const NOISY_CORES = 0.3;
/** By kind of case: those of our contenders that are compared with the best peer; the bars are for the first. */
const OURS = { threads: ["concur", "concur-no-spin"], processes: ["concur-processes"] };

/** Gives a number three significant digits, and thousands a thin look: 583000 is 583k. */
function short(value) {
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)}M`;
  if (value >= 1e4) return `${Math.round(value / 1e3)}k`;
  if (value >= 100) return String(Math.round(value));
  return value < 0.01 ? value.toFixed(3) : value.toPrecision(3);
}

function ratio(value) {
  return value === undefined ? "–" : `${value.toFixed(2)} ×`;
}

function row(cells) {
  return `| ${cells.join(" | ")} |`;
}

function verdict({ value, unit, pass }) {
  if (pass === undefined) return "not measured";
  return `${pass ? "pass" : "**FAIL**"} (${value.toFixed(2)} ${unit})`;
}

function metricRow(caseId, caseTitle, cellId, cellTitle, name, metric, ids, ours) {
  const { title, unit, better, contenders, bestPeer, ratios } = metric;
  const bars = judgeMetric(caseId, cellId, name, metric, ours[0]);
  return {
    bars,
    cells: [
      `${caseTitle}, ${cellTitle}: ${title}`,
      `${unit} ${better === "higher" ? "↑" : "↓"}`,
      ...ids.map((id) => {
        if (contenders[id] === undefined) return "–";
        const text = short(contenders[id].median);
        return id === bestPeer ? `**${text}**` : text;
      }),
      ...ours.map((id) => ratio(ratios[id])),
      bars.map(({ text }) => text).join("; "),
      bars.map(verdict).join("; "),
    ],
  };
}

function facts({ machine, date, commit, changed, command, load, options, seconds }) {
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}.`,
    `Commit ${commit}${changed ? " with changes" : ""}, ${date}; \`${command}\` took ${seconds} s.`,
    `Load average ${load.before.join(" ")} before, ${load.after.join(" ")} after; medians of ${options.rounds} rounds.`,
  ];
  if (options.quick) lines.push("**Quick run: it shows that everything works, not how fast.**");
  return lines.join("\n");
}

function notes({ cases, absent }) {
  const lines = Object.entries(absent).map(([id, reason]) => `${id} is not there: ${reason}`);
  for (const { title, othersCores, cells } of Object.values(cases)) {
    if (othersCores > NOISY_CORES) {
      lines.push(`noisy: other programs used ${othersCores} cores during '${title}'`);
    }
    for (const cell of Object.values(cells)) {
      for (const [id, messages] of Object.entries(cell.errors)) {
        for (const message of messages) {
          lines.push(`${title}, ${cell.title}: ${id} ${message.split("\n").join(" ")}`);
        }
      }
    }
  }
  return lines.map((line) => `- ${line}`).join("\n");
}

/** The table of the cases of one kind, with those contenders that were measured in one of them. */
function kindTable(results, kind) {
  const cases = Object.entries(results.cases).filter(([, one]) => kindOf(one) === kind);
  const cells = cases.flatMap(([caseId, one]) =>
    Object.entries(one.cells).map(([cellId, cell]) => ({ caseId, title: one.title, cellId, cell })),
  );
  const measured = new Set(
    cells.flatMap(({ cell }) =>
      Object.values(cell.metrics).flatMap(({ contenders }) => Object.keys(contenders)),
    ),
  );
  const ids = Object.keys(results.contenders).filter((id) => measured.has(id));
  const ours = OURS[kind];
  const rows = cells.flatMap(({ caseId, title, cellId, cell }) =>
    Object.entries(cell.metrics).map(([name, metric]) =>
      metricRow(caseId, title, cellId, cell.title, name, metric, ids, ours),
    ),
  );
  const head = [
    `measurement of ${kind}`,
    "unit",
    ...ids.map((id) => `${results.contenders[id].name} ${results.contenders[id].version}`),
    ...ours.map((id) => `${id} : best peer`),
    "bar",
    "reached",
  ];
  const lines = [row(head), row(head.map(() => "---")), ...rows.map(({ cells }) => row(cells))];
  return {
    text: rows.length === 0 ? "" : lines.join("\n"),
    bars: rows.flatMap(({ bars }) => bars),
  };
}

/** Gives the results as markdown: facts, tables, verdicts, notes. */
export function renderReport(results) {
  const tables = Object.keys(OURS).map((kind) => kindTable(results, kind));
  const bars = tables.flatMap((table) => table.bars);
  const counted = (pass) => bars.filter((bar) => bar.pass === pass).length;
  return [
    facts(results),
    ...tables.map(({ text }) => text),
    `Bars: ${counted(true)} passed, ${counted(false)} failed, ${counted(undefined)} not measured. ` +
      "The best peer is bold; ↑ higher is better, ↓ lower is better; ratios above 1 are in our favour.",
    notes(results),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
