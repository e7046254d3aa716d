import { kindOf } from "../cases/index.mjs";
import { judgeMetric } from "./bars.mjs";

const NOISY_CORES = 0.3;
/** So many metrics beside each other can be read without scrolling. */
const MOST_COLUMNS = 3;
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

/** A table of markdown, as wide as its cells need. */
function table(head, rows) {
  const widths = head.map((_, i) =>
    Math.max(3, ...[head, ...rows].map((cells) => cells[i].length)),
  );
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function withUnit({ title, unit, better }) {
  return `${title}, ${unit} ${better === "higher" ? "↑" : "↓"}`;
}

/** One line for each bar: what was reached beside the best of the others. */
function barTable(names, judged) {
  const rows = judged.map(
    ({ place, metric, bar: { text, id, ours, rival, theirs, times, pass } }) => [
      `${place}: ${withUnit(metric)}`,
      ours === undefined ? "–" : `${short(ours)} ${names(id)}`,
      theirs === undefined ? "–" : `${short(theirs)} ${names(rival)}`,
      ratio(times),
      text,
      pass === undefined ? "not measured" : pass ? "pass" : "**FAIL**",
    ],
  );
  return table(["measurement", "ours", "best other", "times", "bar", "reached"], rows);
}

/** Some metrics of all contenders, a line each, and how ours compare with the best peer. */
function metricsTable(metrics, names, ours) {
  const ids = new Set(metrics.flatMap(({ contenders }) => Object.keys(contenders)));
  const rows = [...ids].map((id) => [
    names(id),
    ...metrics.map(({ contenders, bestPeer }) => {
      if (contenders[id] === undefined) return "–";
      const text = short(contenders[id].median);
      return id === bestPeer ? `**${text}**` : text;
    }),
  ]);
  const compared = ours
    .filter((id) => ids.has(id))
    .map((id) => [`${names(id)} : best peer`, ...metrics.map(({ ratios }) => ratio(ratios[id]))]);
  return table(["", ...metrics.map(withUnit)], [...rows, ...compared]);
}

function cellTables({ title, cell }, names, ours) {
  const metrics = Object.values(cell.metrics);
  const tables = [];
  for (let i = 0; i < metrics.length; i += MOST_COLUMNS) {
    tables.push(metricsTable(metrics.slice(i, i + MOST_COLUMNS), names, ours));
  }
  return [`### ${title}, ${cell.title}`, ...tables].join("\n\n");
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

/** The tables of the cases of one kind. */
function kindTables(results, kind) {
  const cells = Object.entries(results.cases)
    .filter(([, one]) => kindOf(one) === kind)
    .flatMap(([caseId, one]) =>
      Object.entries(one.cells).map(([cellId, cell]) => ({
        caseId,
        title: one.title,
        cellId,
        cell,
      })),
    );
  const names = (id) => results.contenders[id].name;
  const ours = OURS[kind];
  const judged = cells.flatMap(({ caseId, title, cellId, cell }) =>
    Object.entries(cell.metrics).flatMap(([name, metric]) =>
      judgeMetric(caseId, cellId, name, metric, ours[0]).map((bar) => ({
        place: `${title}, ${cell.title}`,
        metric,
        bar,
      })),
    ),
  );
  return {
    kind,
    bars: judged.map(({ bar }) => bar),
    summary: judged.length === 0 ? "" : barTable(names, judged),
    details: cells.map((cell) => cellTables(cell, names, ours)),
  };
}

function versions({ contenders }) {
  const list = Object.values(contenders).map(({ name, version }) => `${name} ${version}`);
  return `Contenders: ${list.join("; ")}.`;
}

/** Gives the results as markdown: facts, bars, all values, notes. */
export function renderReport(results) {
  const kinds = Object.keys(OURS).map((kind) => kindTables(results, kind));
  const bars = kinds.flatMap((kind) => kind.bars);
  const counted = (pass) => bars.filter((bar) => bar.pass === pass).length;
  return [
    facts(results),
    versions(results),
    `Bars: ${counted(true)} passed, ${counted(false)} failed, ${counted(undefined)} not measured. ` +
      "↑ higher is better, ↓ lower is better; the best peer is bold; ratios above 1 are in our favour.",
    ...kinds
      .filter(({ summary }) => summary !== "")
      .map(({ kind, summary }) => `## Bars of ${kind}\n\n${summary}`),
    ...kinds
      .filter(({ details }) => details.length > 0)
      .flatMap(({ kind, details }) => [`## All ${kind}`, ...details]),
    notes(results),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
