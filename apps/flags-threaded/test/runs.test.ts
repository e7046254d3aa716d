import { launchFlagServer, startFlagServer } from "@concur/flag-server";
import {
  FAULT_CASES,
  readCounts,
  startFaultServer,
  totalOf,
  untilPrinted,
} from "@concur/flags-common/testing";
import { describe, expect, test } from "@jest/globals";
import { openWorkplace } from "./fixtures/harness.js";

describe("flags-threaded", () => {
  test.each([30, 1000])("-m %i: never more requests at once, nor connections", async (width) => {
    await using server = await startFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 20 });
    await using workplace = await openWorkplace();
    const args = ["-e", "-m", String(width), "--base-url", server.urls.DELAY];
    const result = await workplace.start(args).result;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    const { requests, peakConcurrentRequests, newConnections } = server.stats().DELAY;
    expect(requests).toBe(676);
    expect(peakConcurrentRequests).toBeLessThanOrEqual(width);
    // More at once than there are threads.
    expect(peakConcurrentRequests).toBeGreaterThan(10);
    expect(newConnections).toBeLessThanOrEqual(Math.min(width, 676));
    expect(await workplace.badFiles()).toEqual([]);
  });

  test("threads that cannot share -m evenly still keep to it", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 20 });
    await using workplace = await openWorkplace();
    const args = ["-a", "-m", "7", "--threads", "3", "--base-url", server.urls.DELAY];
    expect(await workplace.start(args).result).toMatchObject({ exitCode: 0, stderr: "" });
    const { requests, peakConcurrentRequests } = server.stats().DELAY;
    expect(requests).toBe(194);
    expect(peakConcurrentRequests).toBeLessThanOrEqual(7);
  });

  test("KB23: -v prints whole lines, each flag once", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const args = ["-v", "-e", "-m", "1000", "--base-url", server.urls.LOCAL];
    const { stdout } = await workplace.start(args).result;
    const lines = stdout.split("\n").slice(3, -5);
    expect(lines.every((line) => /^[A-Z]{2} (OK|not found)$/.test(line))).toBe(true);
    expect(new Set(lines.map((line) => line.slice(0, 2))).size).toBe(676);
  });

  test("gets every flag from a server that fails a quarter of all requests", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["ERROR"], delayMs: 5 });
    await using workplace = await openWorkplace();
    const args = ["-a", "--retries", "12", "--base-url", server.urls.ERROR];
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
    const all = ["-a", "-l20", "-m", "20", ...args, "--base-url", server.baseUrl];
    const result = await workplace.start(all).result;
    expect(result.exitCode).toBe(1);
    expect(readCounts(result.stdout).error).toBe(20);
    expect(result.stderr).toContain(`20 × ${reason}`);
    expect(await workplace.files()).toEqual([]);
  });

  test("the disk fills up: one line, exit code 3, whole files only", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const args = ["-a", "-m", "20", "--base-url", server.urls.LOCAL];
    const result = await workplace.start(args, { fileSizeBlocks: 4 }).result;
    expect(result).toMatchObject({
      exitCode: 3,
      stderr: "*** cannot write to downloads/: file too large\n",
    });
    expect(totalOf(readCounts(result.stdout))).toBe(194);
    expect(await workplace.badFiles()).toEqual([]);
  });

  test("SIGINT at ten random moments: everything is accounted for, nothing is left over", async () => {
    // So slow that all of them come before the end.
    await using server = await launchFlagServer({ port: 0, listeners: ["ERROR"], delayMs: 200 });
    for (let round = 0; round < 10; round += 1) {
      await using workplace = await openWorkplace();
      const args = ["-v", "-e", "--retries", "3", "--base-url", server.urls.ERROR];
      const program = workplace.start(args);
      await untilPrinted(program, /will be used\.$/m);
      // Any moment will do: that is the point.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 2000));
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
