import { describe, expect, test } from "@jest/globals";
import { formatForTerminal, formatAsMarkdown } from "../../src/compare/text-report.js";
import { formatMarkdownTable, formatTable } from "../../src/compare/table.js";
import { reportOf } from "../fixtures/reports.js";

const even = (ms: number): number[] => [ms, ms, ms];
const report = reportOf([
  { executor: "inline", runsMs: even(400) },
  { executor: "thread", workers: 2, runsMs: even(200) },
]);

test("a table has numbers on the right and other texts on the left", () => {
  const table = {
    headings: ["name", "ms"],
    rows: [
      ["a", "5"],
      ["long × 1", "12.5"],
    ],
  };
  expect(formatTable(table).split("\n")).toEqual([
    "name        ms",
    "────────  ────",
    "a            5",
    "long × 1  12.5",
  ]);
  expect(formatMarkdownTable({ ...table, rows: [["a|b", "5"]] })).toBe(
    "| name | ms |\n| --- | --- |\n| a\\|b | 5 |",
  );
});

describe("the terminal's report", () => {
  test("has the machine, the table, bars and what they refer to", () => {
    expect(formatForTerminal(report).split("\n")).toEqual([
      "a processor, 2 cores, linux x64, Node 20.19.0, load 0.25",
      "5 repetitions, scale 1",
      "",
      "primes: trial division of the 14 numbers of the book, six times over, the",
      "largest first",
      "",
      "executor    runs  median ms           95 %  speed-up         95 %  efficiency",
      "──────────  ────  ─────────  ─────────────  ────────  ───────────  ──────────",
      "inline         3      400.0  400.0 … 400.0      1.00  1.00 … 1.00       100 %",
      "thread × 2     3      200.0  200.0 … 200.0      2.00  2.00 … 2.00       100 %",
      "",
      "speed-up",
      "  inline      ████████████████████ 1.00",
      "  thread × 2  ████████████████████████████████████████ 2.00",
      "",
      "Speed-ups refer to inline. Intervals: bootstrap of the median.",
    ]);
  });

  test("fits 80 columns", () => {
    const cpu = "a processor with a name that nobody can keep in mind for a whole line or";
    const named = { ...report, machine: { ...report.machine, cpu }, repetitions: 1 };
    const lines = formatForTerminal(named, report).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.slice(0, 3)).toEqual([
      `${cpu}, 2`,
      "cores, linux x64, Node 20.19.0, load 0.25",
      "1 repetition, scale 1",
    ]);
  });

  test("compares with a baseline", () => {
    const old = reportOf([{ executor: "thread", workers: 2, runsMs: even(400) }]);
    expect(formatForTerminal(report, old)).toContain(
      "primes    thread × 2            0.500  0.500 … 0.500  faster",
    );
  });

  test("says when there is nothing, and when it was interrupted", () => {
    const text = formatForTerminal({ ...reportOf([{ runsMs: [] }]), interrupted: true });
    expect(text).toMatch(/scale 1, interrupted\nNothing was measured\.$/);
  });
});

test("the report in Markdown has the same table", () => {
  const [table, ending] = formatAsMarkdown(report).split("\n\n");
  expect(table?.split("\n").at(-1)).toBe(
    "| primes | thread × 2 | 3 | 200.0 | 200.0 … 200.0 | 2.00 | 2.00 … 2.00 | 100 % |",
  );
  expect(ending).toMatch(/^a processor, .* Speed-ups refer to inline\./);
  expect(formatAsMarkdown(report, report)).toContain("| no difference shown |");
});
