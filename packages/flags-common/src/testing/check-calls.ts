import assert from "node:assert/strict";
import { EXIT_CODES } from "../cli/exit-codes.js";
import { maskReport, type CaseContext, type CliCase } from "./cli-cases.js";
import { startFaultServer, type FaultCase } from "./fault-cases.js";
import { openWorkplace, type ProgramUnderTest } from "./workplace.js";

/** A program under test, and what it has of its own in the cases. */
export interface CalledProgram extends ProgramUnderTest, CaseContext {}

/**
 * Calls a program as one of `CLI_CASES` says.
 *
 * @param baseUrl - Of a server of the 194 flags.
 * @throws {AssertionError} When something else comes of it.
 */
export async function assertCliCase(
  program: CalledProgram,
  cliCase: CliCase,
  baseUrl: string,
): Promise<void> {
  const { args, exitCode, files, complaint } = cliCase;
  await using workplace = await openWorkplace(program);
  // Before the codes, where argparse wants its options; a leading "--" stays in front.
  const lead = args[0] === "--" ? ["--"] : [];
  const all = [...lead, "--base-url", baseUrl, ...args.slice(lead.length)];
  const result = await workplace.start(all).result;
  assert.equal(maskReport(result.stdout, baseUrl), cliCase.stdout(program), result.stderr);
  assert.equal(result.exitCode, exitCode, result.stderr);
  const complained = complaint === undefined ? "" : `${complaint(program)}\n`;
  if (exitCode === EXIT_CODES.usage) {
    assert.ok(complained !== "" && `\n${result.stderr}`.includes(`\n${complained}`), result.stderr);
    assert.ok(result.stderr.includes(`usage: ${program.programName} [-h] [-a] [-e]`));
  } else {
    assert.equal(result.stderr, complained);
  }
  if (exitCode !== EXIT_CODES.ok) return;
  assert.equal((await workplace.files()).length, files);
  assert.equal((await workplace.badFiles()).join(" "), "");
}

/**
 * Asks a program for its help.
 *
 * @throws {AssertionError} When it prints something else, or makes a folder.
 */
export async function assertHelp(program: CalledProgram): Promise<void> {
  await using workplace = await openWorkplace(program);
  const { exitCode, stdout, stderr } = await workplace.start(["-h"]).result;
  assert.deepEqual({ exitCode, stderr }, { exitCode: EXIT_CODES.ok, stderr: "" });
  assert.ok(stdout.startsWith(`usage: ${program.programName} [-h]`), stdout);
  assert.ok(stdout.includes(`maximum concurrent requests (default=${program.defaultConcurReq})`));
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
): Promise<void> {
  await using server = await startFaultServer(answer);
  await using workplace = await openWorkplace(program);
  const all = ["-v", "-m1", ...args, "--base-url", server.baseUrl, "br", "us"];
  const { exitCode, stdout, stderr } = await workplace.start(all).result;
  assert.deepEqual({ exitCode, stderr }, { exitCode: EXIT_CODES.failed, stderr: "" });
  assert.deepEqual(maskReport(stdout, server.baseUrl).split("\n").slice(3), [
    `*** Error for BR: ${reason}`,
    `*** Error for US: ${reason}`,
    "--------------------",
    "0 flags downloaded.",
    "2 errors.",
    "Elapsed time: 0.00s",
    "",
  ]);
  assert.equal((await workplace.files()).join(" "), "");
}

/**
 * Starts a program, without `-v`, for a server that is down.
 *
 * @throws {AssertionError} When it does not say so in one line.
 */
export async function assertServerDown(program: CalledProgram): Promise<void> {
  const server = await startFaultServer(() => undefined);
  await server[Symbol.asyncDispose]();
  await using workplace = await openWorkplace(program);
  const { exitCode, stdout, stderr } = await workplace.start(["--base-url", server.baseUrl]).result;
  assert.equal(stderr, "*** 20 errors: 20 × Connection refused\n");
  assert.equal(exitCode, EXIT_CODES.failed);
  assert.ok(stdout.includes("\n0 flags downloaded.\n20 errors.\n"), stdout);
  assert.equal((await workplace.files()).join(" "), "");
}

/**
 * Starts a program with `--fail-on never` for a server of which nothing can be had.
 *
 * @throws {AssertionError} When the exit code is not 0.
 */
export async function assertNeverFails(program: CalledProgram): Promise<void> {
  await using server = await startFaultServer((socket) => socket.end());
  await using workplace = await openWorkplace(program);
  const args = ["--fail-on", "never", "--base-url", server.baseUrl];
  assert.equal((await workplace.start(args).result).exitCode, EXIT_CODES.ok);
}
