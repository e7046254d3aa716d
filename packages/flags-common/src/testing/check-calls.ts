import assert from "node:assert/strict";
import { EXIT_CODES } from "../cli/exit-codes.js";
import { maskReport, type CaseContext, type CliCase } from "./cli-cases.js";
import { startFaultServer, type FaultCase } from "./fault-cases.js";
import { NO_LIMITS } from "./patience.js";
import type { ProgramResult } from "./start-program.js";
import type { ScreenResult, Terminal } from "./terminal.js";
import { openWorkplace, type ProgramUnderTest, type Workplace } from "./workplace.js";

/** A program under test, and what it has of its own in the cases. */
export interface CalledProgram extends ProgramUnderTest, CaseContext {}

/**
 * Calls a program as one of `CLI_CASES` says.
 *
 * @param baseUrl - Of a server of the 194 flags.
 * @param terminal - Where it runs; without one its output goes to pipes.
 * @throws {AssertionError} When something else comes of it.
 */
export async function assertCliCase(
  program: CalledProgram,
  cliCase: CliCase,
  baseUrl: string,
  terminal?: Terminal,
): Promise<void> {
  const { args, exitCode, files, complaint } = cliCase;
  await using workplace = await openWorkplace(program);
  // Before the codes, where argparse wants its options; a leading "--" stays in front.
  const lead = args[0] === "--" ? ["--"] : [];
  const all = [...lead, ...NO_LIMITS, "--base-url", baseUrl, ...args.slice(lead.length)];
  const call = await run(workplace, all, terminal);
  assert.equal(call.exitCode, exitCode, textOf(call));
  const complained = complaint === undefined ? "" : `${complaint(program)}\n`;
  if (exitCode === EXIT_CODES.usage) {
    assertComplained(call, complained, program.programName);
  } else {
    assertWrote(call, baseUrl, { before: complained, stdout: cliCase.stdout(program) });
  }
  if (exitCode !== EXIT_CODES.ok) return;
  assert.equal((await workplace.files()).length, files);
  assert.equal((await workplace.badFiles()).join(" "), "");
}

/**
 * Asks a program for its help.
 *
 * @throws {AssertionError} When it prints something else, does not keep to the width of the terminal, or makes a folder.
 */
export async function assertHelp(program: CalledProgram, terminal?: Terminal): Promise<void> {
  await using workplace = await openWorkplace(program);
  const call = await run(workplace, ["-h"], terminal);
  const help = textOf(call);
  assert.equal(call.exitCode, EXIT_CODES.ok, help);
  assert.ok(help.startsWith(`usage: ${program.programName} [-h]`), help);
  const inOneLine = help.replace(/\s+/g, " ");
  const width = `maximum concurrent requests (default=${program.defaultConcurReq})`;
  assert.ok(inOneLine.includes(width), help);
  if ("lines" in call) assertFitsRows(call);
  else assert.equal(call.stderr, "");
  await assert.rejects(workplace.files(), { code: "ENOENT" });
}

/**
 * Lets a program meet one of `FAULT_CASES` with two flags.
 *
 * @throws {AssertionError} When it does not say what went wrong, or saves something.
 */
export async function assertFaultCase(
  program: CalledProgram,
  { answer, args, reason }: FaultCase,
  terminal?: Terminal,
): Promise<void> {
  await using server = await startFaultServer(answer);
  await using workplace = await openWorkplace(program);
  const all = ["-v", "-m1", ...NO_LIMITS, ...args, "--base-url", server.baseUrl, "br", "us"];
  const call = await run(workplace, all, terminal);
  assertWrote(call, server.baseUrl, {
    stdout: [
      "LOCAL site: URL",
      "Searching for 2 flags: BR, US",
      "1 concurrent connection will be used.",
      `*** Error for BR: ${reason}`,
      `*** Error for US: ${reason}`,
      "--------------------",
      "0 flags downloaded.",
      "2 errors.",
      "Elapsed time: 0.00s\n",
    ].join("\n"),
  });
  assert.equal(call.exitCode, EXIT_CODES.failed);
  assert.equal((await workplace.files()).join(" "), "");
}

/**
 * Starts a program, without `-v`, for a server that is down.
 *
 * @throws {AssertionError} When it does not say so in one line.
 */
export async function assertServerDown(program: CalledProgram, terminal?: Terminal): Promise<void> {
  const server = await startFaultServer(() => undefined);
  await server[Symbol.asyncDispose]();
  await using workplace = await openWorkplace(program);
  const call = await run(workplace, [...NO_LIMITS, "--base-url", server.baseUrl], terminal);
  assertWrote(call, server.baseUrl, {
    stdout: [
      "LOCAL site: URL",
      "Searching for 20 flags: from BD to VN",
      `${Math.min(program.defaultConcurReq, 20)} concurrent connections will be used.`,
      "--------------------",
      "0 flags downloaded.",
      "20 errors.",
      "Elapsed time: 0.00s\n",
    ].join("\n"),
    after: "*** 20 errors: 20 × Connection refused\n",
  });
  assert.equal(call.exitCode, EXIT_CODES.failed);
  assert.equal((await workplace.files()).join(" "), "");
}

/**
 * Starts a program with `--fail-on never` for a server of which nothing can be had.
 *
 * @throws {AssertionError} When the exit code is not 0.
 */
export async function assertNeverFails(program: CalledProgram, terminal?: Terminal): Promise<void> {
  await using server = await startFaultServer((socket) => socket.end());
  await using workplace = await openWorkplace(program);
  const args = ["--fail-on", "never", ...NO_LIMITS, "--base-url", server.baseUrl];
  const call = await run(workplace, args, terminal);
  assert.equal(call.exitCode, EXIT_CODES.ok, textOf(call));
  const reason = "*** 20 errors: 20 × Connection closed without an answer\n";
  assert.ok(textOf(call).endsWith("lines" in call ? reason : "s\n"), textOf(call));
}

type Call = ProgramResult | ScreenResult;

function run(
  workplace: Workplace,
  args: readonly string[],
  terminal: Terminal | undefined,
): Promise<Call> {
  if (terminal === undefined) return workplace.start(args).result;
  return workplace.startOnTerminal(args, terminal).result;
}

/** What was written to stdout, or all that stands on the terminal. */
function textOf(call: Call): string {
  return "lines" in call ? call.lines.map((line) => `${line}\n`).join("") : call.stdout;
}

/** On a terminal what goes to stdout and stderr stands in one order; elsewhere apart. */
function assertWrote(
  call: Call,
  baseUrl: string,
  wanted: { readonly before?: string; readonly stdout: string; readonly after?: string },
): void {
  const { before = "", stdout, after = "" } = wanted;
  const wrote = maskReport(textOf(call), baseUrl);
  if ("lines" in call) {
    assert.equal(wrote, before + stdout + after);
    assertInOrder(call);
  } else {
    assert.equal(wrote, stdout, call.stderr);
    assert.equal(call.stderr, before + after);
  }
}

function assertComplained(call: Call, complaint: string, programName: string): void {
  const wrote = "lines" in call ? textOf(call) : call.stderr;
  assert.ok(complaint !== "" && `\n${wrote}`.includes(`\n${complaint}`), wrote);
  assert.ok(wrote.includes(`usage: ${programName} [-h] [-a] [-e]`), wrote);
  if ("lines" in call) {
    // The complaint is the user's words, and may be of any length.
    assertFitsRows(call, complaint.trimEnd());
  } else {
    assert.equal(call.stdout, "");
  }
}

/** Argparse breaks lines only between options. */
const ONE_OPTION = /^\s*\[[^\]]*\]$/;

/** Each line has a row of its own, but for one that cannot be broken, and for that one. */
function assertFitsRows(call: ScreenResult, long?: string): void {
  assertInOrder(call);
  const tooLong = call.lines.filter((line) => line.length > call.columns);
  const unbroken = tooLong.filter((line) => line !== long && !ONE_OPTION.test(line));
  assert.equal(unbroken.join("\n"), "");
}

function assertInOrder({ isInOrder, lines, written }: ScreenResult): void {
  assert.ok(isInOrder, `${lines.join("\n")}\n${JSON.stringify(written)}`);
}
