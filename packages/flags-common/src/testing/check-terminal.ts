import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { maskReport } from "./cli-cases.js";
import type { CalledProgram } from "./check-calls.js";
import { startGatedServer, type HeldRequest } from "./gated-server.js";
import { NO_LIMITS } from "./patience.js";
import { startStepwiseBody } from "./stepwise-body.js";
import type { ScreenResult, Terminal } from "./terminal.js";
import { openWorkplace } from "./workplace.js";

/** Large enough for the bar to say how much it is in whole megabytes, at a half and at three quarters. */
const LARGE_BYTES = 20_000_000;

/**
 * Looks at the bar that a program draws while it downloads, and at what is left of it.
 *
 * @throws {AssertionError} When something else than the report is left.
 */
export async function assertBar(program: CalledProgram, terminal: Terminal): Promise<void> {
  let waiting: readonly HeldRequest[] = [];
  let isOpen = false;
  await using server = await startGatedServer((held) => {
    waiting = held;
    if (isOpen) answerAll(held);
  });
  await using workplace = await openWorkplace(program);
  const args = ["-l10", "-m5", ...NO_LIMITS, "--base-url", server.baseUrl];
  const running = workplace.startOnTerminal(args, terminal);
  await running.untilShown(/^ {2}0%\|? .*0\/10 \[\d+s<\?\]$/m);
  while (waiting.length < 5) await new Promise(setImmediate);
  waiting[0]?.answer();
  await running.untilShown(/^ 10%.* 1\/10 \[\d+s<\d+s\]$/m);
  isOpen = true;
  answerAll(waiting);
  const result = await running.result;
  assert.equal(result.exitCode, 0);
  assertScreen(result, server.baseUrl, [
    "LOCAL site: URL",
    "Searching for 10 flags: BD, BR, CD, CN, DE, EG, ET, FR, ID, IN",
    "5 concurrent connections will be used.",
    "--------------------",
    "10 flags downloaded.",
    "Elapsed time: 0.00s",
  ]);
}

/**
 * Looks at the bar while one large file comes: a file of which the length is known moves it by its bytes.
 *
 * @throws {AssertionError} When it does not move, or more than the report is left.
 */
export async function assertBarOfLargeFile(
  program: CalledProgram,
  terminal: Terminal,
): Promise<void> {
  await using server = await startStepwiseBody(LARGE_BYTES);
  await using workplace = await openWorkplace(program);
  await writeFile(join(workplace.path, "list"), server.url);
  const running = workplace.startOnTerminal([...NO_LIMITS, "--urls", "list"], terminal);
  await running.untilShown(/^ {2}0%\|? .*0\/1 \[\w+<\?\]$/m);
  server.send(LARGE_BYTES / 2);
  // Half of the file, and about as much time to go as has passed.
  await running.untilShown(/^ 50%.* 0\/1 \[\w+<\w+\] 10 MB [\d.]+ [kM]?B\/s$/m);
  server.send(LARGE_BYTES / 4);
  await running.untilShown(/^ 75%.* 0\/1 \[\w+<\w+\] 15 MB [\d.]+ [kM]?B\/s$/m);
  server.send(LARGE_BYTES / 4);
  const result = await running.result;
  assert.equal(result.exitCode, 0);
  assertScreen(result, server.url, [
    "Addresses from: list",
    "Searching for 1 file: large.bin",
    "1 concurrent connection will be used.",
    "--------------------",
    "1 file downloaded.",
    "Elapsed time: 0.00s",
  ]);
}

/**
 * Presses Ctrl-C while a program downloads.
 *
 * @throws {AssertionError} When it does not report, or more than the report is left on the terminal.
 */
export async function assertStopsOnKey(program: CalledProgram, terminal: Terminal): Promise<void> {
  await using server = await startGatedServer((held) => {
    // The first of all that is asked for, and no other.
    for (const request of held) if (request.code === "AA") request.answer();
  });
  await using workplace = await openWorkplace(program);
  const args = ["-e", "-m20", ...NO_LIMITS, "--base-url", server.baseUrl];
  const running = workplace.startOnTerminal(args, terminal);
  await running.untilShown(/ 1\/676 \[/);
  while (server.counts.requests < 21) await new Promise(setImmediate);
  running.type("\u0003");
  const result = await running.result;
  assert.equal(result.exitCode, 130);
  assertScreen(result, server.baseUrl, [
    "LOCAL site: URL",
    "Searching for 676 flags: from AA to ZZ",
    "20 concurrent connections will be used.",
    "--------------------",
    "1 flag downloaded.",
    "20 errors.",
    "655 not started.",
    "Elapsed time: 0.00s",
    "*** 20 errors: 20 × interrupted",
  ]);
  assert.equal((await workplace.files()).join(" "), "aa.gif");
}

function answerAll(held: readonly HeldRequest[]): void {
  for (const request of held) request.answer();
}

function assertScreen(
  { lines, isInOrder, written }: ScreenResult,
  baseUrl: string,
  expected: readonly string[],
): void {
  assert.equal(maskReport(lines.join("\n"), baseUrl), expected.join("\n"), JSON.stringify(written));
  assert.ok(isInOrder, JSON.stringify(written));
}
