import { startFlagServer, type FlagServer } from "@concur/flag-server";
import {
  CLI_CASES,
  FAULT_CASES,
  maskReport,
  startFaultServer,
  type CliCase,
} from "@concur/flags-common/testing";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openWorkplace } from "./fixtures/harness.js";

const context = { programName: "flags-threaded", defaultConcurReq: 30 };

describe("flags-threaded", () => {
  let server: FlagServer<"LOCAL">;

  beforeAll(async () => {
    server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
  });

  afterAll(async () => {
    await server.stop();
  });

  async function runCase({ args }: CliCase) {
    await using workplace = await openWorkplace();
    // Before the codes, where argparse wants its options; a leading "--" stays in front.
    const lead = args[0] === "--" ? ["--"] : [];
    const all = [...lead, "--base-url", server.urls.LOCAL, ...args.slice(lead.length)];
    const { exitCode, stdout, stderr } = await workplace.start(all).result;
    return {
      exitCode,
      stdout: maskReport(stdout, server.urls.LOCAL),
      stderr: stderr.split("\n"),
      files: exitCode === 0 ? await workplace.files() : [],
      badFiles: exitCode === 0 ? await workplace.badFiles() : [],
    };
  }

  test.each(CLI_CASES.filter(({ exitCode }) => exitCode === 0))("$title", async (cliCase) => {
    const { stdout, complaint, files } = cliCase;
    const result = await runCase(cliCase);
    expect(result).toMatchObject({ exitCode: 0, stdout: stdout(context), badFiles: [] });
    expect(result.stderr).toEqual(complaint === undefined ? [""] : [complaint(context), ""]);
    expect(result.files).toHaveLength(files);
  });

  test.each(CLI_CASES.filter(({ exitCode }) => exitCode !== 0))("$title", async (cliCase) => {
    const { stdout, complaint, exitCode } = cliCase;
    const result = await runCase(cliCase);
    expect(result).toMatchObject({ exitCode, stdout: stdout(context) });
    expect(result.stderr).toContain(complaint?.(context));
    expect(result.stderr.join("\n")).toContain("usage: flags-threaded [-h] [-a] [-e]");
  });

  test("-h prints the help to stdout and does nothing else", async () => {
    await using workplace = await openWorkplace();
    const result = await workplace.start(["-h"]).result;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toMatch(/^usage: flags-threaded \[-h\]/);
    expect(result.stdout).toContain("maximum concurrent requests (default=30)");
    await expect(workplace.files()).rejects.toThrow("ENOENT");
  });
});

describe("flags-threaded survives", () => {
  test.each(FAULT_CASES)("$title", async ({ answer, args, reason }) => {
    await using server = await startFaultServer(answer);
    await using workplace = await openWorkplace();
    const all = ["-v", "-m1", ...args, "--base-url", server.baseUrl, "br", "us"];
    const result = await workplace.start(all).result;
    expect(result).toMatchObject({ exitCode: 1, stderr: "" });
    expect(maskReport(result.stdout, server.baseUrl).split("\n").slice(3)).toEqual([
      `*** Error for BR: ${reason}`,
      `*** Error for US: ${reason}`,
      "--------------------",
      "0 flags downloaded.",
      "2 errors.",
      "Elapsed time: 0.00s",
      "",
    ]);
    expect(await workplace.files()).toEqual([]);
  });

  test("KB9, KB13: a server that is down, without -v", async () => {
    const server = await startFaultServer(() => undefined);
    await server[Symbol.asyncDispose]();
    await using workplace = await openWorkplace();
    const result = await workplace.start(["--base-url", server.baseUrl]).result;
    expect(result).toMatchObject({
      exitCode: 1,
      stderr: "*** 20 errors: 20 × Connection refused\n",
    });
    expect(result.stdout).toContain("\n0 flags downloaded.\n20 errors.\n");
    expect(await workplace.files()).toEqual([]);
  });

  test("--fail-on never: exit code 0 as in the book, whatever failed", async () => {
    await using server = await startFaultServer((socket) => socket.end());
    await using workplace = await openWorkplace();
    const args = ["--fail-on", "never", "--base-url", server.baseUrl];
    expect(await workplace.start(args).result).toMatchObject({ exitCode: 0 });
  });
});
