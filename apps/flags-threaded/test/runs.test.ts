import { launchFlagServer, startFlagServer } from "@concur/flag-server";
import {
  FAULT_CASES,
  NO_LIMITS,
  readCounts,
  reserveDefaultPorts,
  startFaultServer,
  startGatedServer,
  totalOf,
  untilPrinted,
} from "@concur/flags-common/testing";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../jest.where.mjs";
import { hasTerminals, NO_TERMINALS, openEmulator, openWorkplace } from "./fixtures/harness.js";

describe("flags-threaded", () => {
  test.each([
    { args: ["-e", "-m", "30"], files: 676, width: 30, threads: 2 },
    { args: ["-e", "-m", "1000"], files: 676, width: 676, threads: 2 },
    { args: ["-a", "-m", "7", "--threads", "3"], files: 194, width: 7, threads: 3 },
  ])(
    "$args: as many requests at once as may be, never more, on connections that are kept",
    async ({ args, files, width, threads }) => {
      let answered = 0;
      await using server = await startGatedServer((held) => {
        // Nobody is answered before all who may ask have asked.
        if (held.length < Math.min(width, files - answered)) return;
        for (const request of held) request.answer();
        answered += held.length;
      });
      await using workplace = await openWorkplace();
      const result = await workplace.start([...args, ...NO_LIMITS, "--base-url", server.baseUrl])
        .result;
      expect(result).toMatchObject({ exitCode: 0, stderr: "" });
      expect(server.counts).toMatchObject({ requests: files, peak: width });
      // Each thread has some of its own, for its share of the requests.
      const most = threads * Math.ceil(width / threads);
      expect(server.counts.connections).toBeGreaterThanOrEqual(width);
      expect(server.counts.connections).toBeLessThanOrEqual(most);
      expect(await workplace.files()).toHaveLength(files);
    },
  );

  test("KB23: -v prints whole lines, each flag once", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const args = ["-v", "-e", "-m", "1000", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const { stdout } = await workplace.start(args).result;
    const lines = stdout.split("\n").slice(3, -5);
    expect(lines.every((line) => /^[A-Z]{2} (OK|not found)$/.test(line))).toBe(true);
    expect(new Set(lines.map((line) => line.slice(0, 2))).size).toBe(676);
  });

  test("gets every flag from a server that fails a quarter of all requests", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["ERROR"], delayMs: 5 });
    await using workplace = await openWorkplace();
    const args = ["-a", "--retries", "12", ...NO_LIMITS, "--base-url", server.urls.ERROR];
    const result = await workplace.start(args).result;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readCounts(result.stdout).ok).toBe(194);
    expect(await workplace.badFiles()).toEqual([]);
  });

  test("--threads 0 is refused", async () => {
    await using workplace = await openWorkplace();
    const result = await workplace.start(["--threads", "0"]).result;
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/^\*\*\* Usage error: --threads N must be >= 1\n/);
  });
});

describe("flags-threaded in trouble", () => {
  test.each(FAULT_CASES)("$title, 20 wide", async ({ answer, args, reason }) => {
    await using server = await startFaultServer(answer);
    await using workplace = await openWorkplace();
    const all = ["-a", "-l20", "-m", "20", ...NO_LIMITS, ...args, "--base-url", server.baseUrl];
    const result = await workplace.start(all).result;
    expect(result.exitCode).toBe(1);
    expect(readCounts(result.stdout).error).toBe(20);
    expect(result.stderr).toContain(`20 × ${reason}`);
    expect(await workplace.files()).toEqual([]);
  });

  test("the disk fills up: one line, exit code 3, whole files only", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const args = ["-a", "-m", "20", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const result = await workplace.start(args, { fileSizeBlocks: 4 }).result;
    expect(result).toMatchObject({
      exitCode: 3,
      stderr: "*** cannot write to downloads/: file too large\n",
    });
    expect(totalOf(readCounts(result.stdout))).toBe(194);
    expect(await workplace.badFiles()).toEqual([]);
  });

  test("SIGINT at any moment: everything is accounted for, nothing is left over", async () => {
    // Half of what is asked for never comes, so that none of them is late.
    await using server = await launchFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      seed: 1,
      rules: [{ match: { probability: 0.5 }, fault: { kind: "hang" } }],
    });
    for (const lines of [0, 1, 5, 15]) {
      await using workplace = await openWorkplace();
      const args = ["-v", "-e", "--retries", "3", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
      const program = workplace.start(args);
      await untilPrinted(program, new RegExp(`will be used\\.\\n(.*\\n){${lines}}`));
      program.child.kill("SIGINT");
      const result = await program.result;
      expect(result).toMatchObject({ exitCode: 130, stderr: "" });
      const counts = readCounts(result.stdout);
      expect(totalOf(counts)).toBe(676);
      expect(await workplace.files()).toHaveLength(counts.ok);
      expect(await workplace.badFiles()).toEqual([]);
    }
  });
});

describe("flags-threaded and its own server", () => {
  let ports: AsyncDisposable;

  beforeEach(async () => {
    ports = await reserveDefaultPorts();
  });

  afterEach(async () => {
    await ports[Symbol.asyncDispose]();
  });

  const REPORT = [
    "LOCAL site: http://localhost:8001/flags",
    "Searching for 20 flags: from BD to VN",
    "20 concurrent connections will be used.",
    "--------------------",
    "20 flags downloaded.",
    expect.stringMatching(/^Elapsed time: \d+\.\d\ds$/),
  ];
  const NOTE = "No server at localhost:8001: started one for this run.";

  test("starts one when none runs", async () => {
    await using workplace = await openWorkplace();
    const { exitCode, stdout, stderr } = await workplace.start([]).result;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `${NOTE}\n` });
    expect(stdout.trimEnd().split("\n")).toEqual(REPORT);
    expect(await workplace.files()).toHaveLength(20);
    expect(await workplace.badFiles()).toEqual([]);
  });

  describeWhere(hasTerminals, "on a terminal", NO_TERMINALS, () => {
    test.each([80, 40])("of %d columns as well", async (columns) => {
      await using workplace = await openWorkplace();
      const { result } = workplace.startOnTerminal([], { open: openEmulator, columns });
      const { exitCode, isInOrder, lines } = await result;
      expect({ exitCode, isInOrder }).toEqual({ exitCode: 0, isInOrder: true });
      expect(lines).toEqual([NOTE, ...REPORT]);
      expect(await workplace.badFiles()).toEqual([]);
    });
  });
});

describeWhere(hasTerminals, "flags-threaded in trouble on a terminal", NO_TERMINALS, () => {
  test("the disk fills up: one line more than the report, exit code 3", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const args = ["-a", "-m", "20", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const terminal = { open: openEmulator, columns: 80 };
    const { result } = workplace.startOnTerminal(args, terminal, { fileSizeBlocks: 4 });
    const { exitCode, isInOrder, lines } = await result;
    expect({ exitCode, isInOrder }).toEqual({ exitCode: 3, isInOrder: true });
    expect(lines.at(-1)).toBe("*** cannot write to downloads/: file too large");
    expect(totalOf(readCounts(lines.join("\n")))).toBe(194);
    expect(lines.join("\n")).not.toContain("%|");
  });
});
