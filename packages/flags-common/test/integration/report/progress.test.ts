import { startFlagServer } from "@concur/flag-server";
import { describe, expect, test } from "@jest/globals";
import { Terminal } from "@xterm/headless";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../../../jest.where.mjs";
import {
  hasTerminals,
  NO_LIMITS,
  startGatedServer,
  startOnTerminal,
  startProgram,
  startStepwiseBody,
  type HeldRequest,
  type OpenEmulator,
} from "../../../src/testing.js";
import { attemptDownload, createFlagClient } from "../../../src/index.js";
import { TransferMeter } from "../../../src/shared/transfer-meter.js";
import { bundledProgram } from "../../fixtures/bundled-program.js";
import { makeTempFolder } from "../../fixtures/temp-folder.js";

const sequential = await bundledProgram("sequential.mjs");
const RED = "\u001b[31m";
const open: OpenEmulator = (size) => new Terminal({ ...size, allowProposedApi: true });

/** Serves one file after the other, each when it is told to. */
async function serveStepwise() {
  let waiting: HeldRequest | undefined;
  let allowed = 0;
  const answer = (): void => {
    if (allowed === 0 || waiting === undefined) return;
    allowed -= 1;
    waiting.answer();
    waiting = undefined;
  };
  const server = await startGatedServer(([held]) => {
    waiting = held;
    answer();
  });
  return {
    args: [...NO_LIMITS, "--base-url", server.baseUrl],
    answerNext: () => {
      allowed += 1;
      answer();
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describeWhere(hasTerminals(), "the progress bar", "there is no `script` of util-linux", () => {
  test("is drawn on a terminal, follows its width, and is gone at the end", async () => {
    await using server = await serveStepwise();
    await using folder = await makeTempFolder();
    const cwd = folder.path;
    const terminal = { open, columns: 50 };
    const program = startOnTerminal(sequential, ["-l10", ...server.args], { cwd }, terminal);
    // It leaves three columns of 50 free: the last one, and what `^C` takes.
    await program.untilShown(/^(?=.{47}$) {2}0%\| +\| {2}0\/10 \[\d+s<\?\]$/m);
    program.resize(90);
    // The longest bar that there is.
    await program.untilShown(/^ {2}0%\| {40}\| {2}0\/10 \[\d+s<\?\]$/m);
    for (let file = 1; file <= 10; file += 1) {
      await program.untilShown(new RegExp(`\\| +${file - 1}/10 \\[`));
      server.answerNext();
    }
    const { exitCode, isInOrder, lines } = await program.result;
    expect({ exitCode, isInOrder }).toEqual({ exitCode: 0, isInOrder: true });
    expect(lines.slice(2, -1)).toEqual([
      "1 concurrent connection will be used.",
      "--------------------",
      "10 flags downloaded.",
    ]);
  });

  test.each([
    { title: "in red", env: {}, red: RED },
    { title: "without colour when NO_COLOR says so", env: { NO_COLOR: "1" }, red: "" },
    {
      title: "in red when FORCE_COLOR says so in spite of a CI",
      env: { FORCE_COLOR: "1", CI: "1" },
      red: RED,
    },
  ])("counts failures, $title", async ({ env, red }) => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      rules: [
        { match: { codes: ["EG"] }, fault: { kind: "hang" } },
        { fault: { kind: "status", status: 500 } },
      ],
    });
    await using folder = await makeTempFolder();
    const args = ["-l10", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const terminal = { open, columns: 80, env };
    const program = startOnTerminal(sequential, args, { cwd: folder.path }, terminal);
    // Those before EG have failed.
    await program.untilShown(/\] 5 failed$/m);
    program.type("\u0003");
    const { exitCode, lines, written } = await program.result;
    expect(exitCode).toBe(130);
    expect(written.includes(`${RED} 5 failed`)).toBe(red !== "");
    expect(lines).toContain("6 errors.");
    expect(lines.join("\n")).not.toContain("%|");
  });

  test("is not there with -v", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using folder = await makeTempFolder();
    const args = ["-v", "-l10", "--base-url", server.urls.LOCAL];
    const terminal = { open, columns: 80 };
    const { result } = startOnTerminal(sequential, args, { cwd: folder.path }, terminal);
    const { lines, written } = await result;
    expect(lines).toContain("10 flags downloaded.");
    expect(written).not.toContain("\u001b");
  });
});

test("there is no progress bar elsewhere", async () => {
  await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
  await using folder = await makeTempFolder();
  const args = ["-l10", "--base-url", server.urls.LOCAL];
  const { stdout, stderr } = await startProgram(sequential, args, { cwd: folder.path }).result;
  expect(stderr).toBe("");
  expect(stdout).not.toContain("\u001b");
});

describe("progress while a file comes", () => {
  /** Runs the program, and gives what it has written to stderr whenever that fits. */
  async function startPlain(url: string, args: readonly string[]) {
    const folder = await makeTempFolder();
    const all = [...NO_LIMITS, "--progress", "plain", "--urls", "-", ...args];
    const { child, result } = startProgram(sequential, all, { cwd: folder.path, input: url });
    let stderr = "";
    return {
      result,
      until: (line: RegExp) =>
        new Promise<void>((resolve) => {
          child.stderr?.on("data", (chunk: Buffer) => {
            stderr += chunk.toString();
            if (!line.test(stderr)) return;
            stderr = "";
            resolve();
          });
        }),
      async [Symbol.asyncDispose]() {
        child.kill("SIGKILL");
        await result;
        await folder[Symbol.asyncDispose]();
      },
    };
  }

  test("a line now and then says how much came, and when the rest will", async () => {
    await using server = await startStepwiseBody(20_000_000);
    await using program = await startPlain(server.url, []);
    server.send(10_000_000);
    await program.until(/^0 of 1 done, 10 MB [\d.]+ [kM]?B\/s, about \d+ s left$/m);
    server.send(10_000_000);
    const { exitCode, stderr } = await program.result;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/\n1 of 1 done, 20 MB [\d.]+ [kM]?B\/s, about 0 s left\n$/);
  });

  test("without a Content-Length nobody knows how long it will take", async () => {
    await using server = await startStepwiseBody(20_000_000, false);
    await using program = await startPlain(server.url, []);
    server.send(10_000_000);
    await program.until(/^0 of 1 done, 10 MB [\d.]+ [kM]?B\/s, about \? s left$/m);
    server.send(10_000_000);
    expect((await program.result).exitCode).toBe(0);
  });

  test("what came of a try that failed counts no more", async () => {
    await using server = await startStepwiseBody(20_000_000);
    await using program = await startPlain(server.url, ["--retries", "1"]);
    server.send(15_000_000);
    await program.until(/^0 of 1 done, 15 MB /m);
    server.breakOff();
    server.send(5_000_000);
    await program.until(/^0 of 1 done, 5000 kB /m);
    server.send(15_000_000);
    const { exitCode, stderr } = await program.result;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/\n1 of 1 done, 20 MB /);
  });

  test("a file counts as a whole one until it is taken over, and one that cannot be saved not at all", async () => {
    await using server = await startStepwiseBody(20_000_000);
    await using folder = await makeTempFolder();
    const place = { directory: folder.path, fileName: "large.bin", expect: "anything" } as const;
    const memory = TransferMeter.newMemory();
    const meter = new TransferMeter(memory);
    using client = createFlagClient({ meter: memory, maxBytes: 30_000_000 });
    const request = { ...place, url: server.url, remainingMs: 3_600_000, resume: false };
    const attempt = attemptDownload(request, { client });
    server.send(20_000_000);
    const { status } = await attempt;
    expect([status, meter.bytes, meter.files]).toEqual(["ok", 20_000_000, 1]);
    meter.takeOver(20_000_000);
    expect([meter.bytes, meter.files]).toEqual([0, 0]);
    const wrong = await attemptDownload({ ...request, sha256: "0".repeat(64) }, { client });
    expect([wrong.status, meter.bytes, meter.files]).toEqual(["error", 0, 0]);
  });
});
