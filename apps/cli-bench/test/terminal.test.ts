import {
  hasTerminals,
  startOnTerminal,
  type ProgramOnTerminal,
  type ScreenResult,
} from "@concur/flags-common/testing";
import { expect, test } from "@jest/globals";
import { Terminal } from "@xterm/headless";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../jest.where.mjs";
import { ENTRY, runProgram } from "./fixtures/program.js";

const SOME = ["compare", "wait", "--scale", "0.1", "--warm-up", "0", "-x", "inline,thread"];

function start(
  args: readonly string[],
  columns = 80,
  env: NodeJS.ProcessEnv = {},
): ProgramOnTerminal {
  const open = (size: { cols: number; rows: number; scrollback: number }): Terminal =>
    new Terminal({ ...size, allowProposedApi: true });
  return startOnTerminal(ENTRY, args, { cwd: process.cwd() }, { open, columns, env });
}

/** The report of a comparison, from its first line to its last, and nothing else. */
function expectReport({ exitCode, isInOrder, lines }: ScreenResult): void {
  expect({ exitCode, isInOrder }).toEqual({ exitCode: 0, isInOrder: true });
  expect(lines[0]).toMatch(/, \d+ cores?, /);
  expect(lines.at(-1)).toBe("Speed-ups refer to inline. Intervals: bootstrap of the median.");
  expect(lines.join("\n")).not.toMatch(/%\||\d+\/\d+ \[/);
}

describeWhere(hasTerminals(), "on a terminal", "there is no `script` of util-linux", () => {
  test.each([
    { columns: 80, env: {} },
    { columns: 80, env: { NO_COLOR: "1" } },
    { columns: 40, env: { FORCE_COLOR: "1" } },
  ])("compare shows a bar, and then its tables alone, $columns columns, $env", async (given) => {
    const program = start([...SOME, "-w", "1,2", "-n", "2"], given.columns, given.env);
    await program.untilShown(/ \d+\/6 \[/);
    const result = await program.result;
    expectReport(result);
    for (const name of ["inline     ", "thread × 1 ", "thread × 2 "]) {
      expect(result.lines.join("\n")).toMatch(new RegExp(`^${name} +2 `, "m"));
    }
    // The tables are made for 80 columns.
    for (const line of result.lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test.each([80, 40])(
    "Ctrl-C takes the bar away and prints what was measured, %d columns",
    async (columns) => {
      const args = ["compare", "sieve", "-n", "1000", "--warm-up", "0", "-x", "inline"];
      const program = start([...args, "--scale", "0.1"], columns);
      await program.untilShown(/ [1-9]\d*\/1000 \[/);
      program.type("\u0003");
      const { exitCode, isInOrder, lines } = await program.result;
      expect({ exitCode, isInOrder }).toEqual({ exitCode: 130, isInOrder: true });
      expect(lines.join("\n")).toMatch(/scale 0\.1, interrupted\n/);
      expect(lines.join("\n")).not.toMatch(/%\||\/1000/);
      expect(lines.filter((line) => line.includes("^C"))).toEqual([]);
    },
  );

  test("the programs of the book print what they print elsewhere", async () => {
    const args = ["sha", "1", "--seed", "7", "--executor", "thread"];
    const [{ lines, exitCode, isInOrder }, elsewhere] = await Promise.all([
      start(args).result,
      runProgram(...args),
    ]);
    expect({ exitCode, isInOrder }).toEqual({ exitCode: 0, isInOrder: true });
    expect(lines.slice(0, -1)).toEqual(elsewhere.stdout.split("\n").slice(0, -2));
    expect(lines.at(-1)).toMatch(/^1 workers, elapsed time: \d+\.\d\ds$/);
  });

  test("the doctor fits 80 columns", async () => {
    const { lines, exitCode } = await start(["doctor"]).result;
    expect(exitCode).toBe(0);
    expect(lines.join("\n")).toMatch(/^waiting for others {2,}new AsyncExecutor\(/m);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });
});
