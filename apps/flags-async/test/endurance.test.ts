import { readdir } from "node:fs/promises";
import { join } from "node:path";
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

describe("flags-async at any width survives", () => {
  test.each(FAULT_CASES.flatMap((fault) => [30, 1000].map((width) => ({ ...fault, width }))))(
    "$title, $width wide",
    async ({ answer, args, reason, width }) => {
      await using server = await startFaultServer(answer);
      await using workplace = await openWorkplace();
      const all = ["-e", "-l300", "-m", String(width), ...args, "--base-url", server.baseUrl];
      const result = await workplace.start(all).result;
      expect(result.exitCode).toBe(1);
      const counts = readCounts(result.stdout);
      expect(totalOf(counts)).toBe(300);
      // A machine that is busy may take longer to connect than the limit of a case; all else is the fault itself.
      expect(counts.error).toBe(300);
      expect(result.stderr).toContain(reason);
      expect(await workplace.files()).toEqual([]);
    },
  );
});

describe("flags-async is stopped", () => {
  test("by SIGINT at ten random moments: everything is accounted for, nothing is left over", async () => {
    await using server = await launchFlagServer({ port: 0, listeners: ["ERROR"], delayMs: 30 });
    for (let round = 0; round < 10; round += 1) {
      await using workplace = await openWorkplace();
      const args = ["-v", "-e", "-m", "30", "--retries", "3", "--base-url", server.urls.ERROR];
      const program = workplace.start(args);
      await untilPrinted(program, /will be used\.$/m);
      // Any moment will do: that is the point.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 600));
      program.child.kill("SIGINT");
      const result = await program.result;
      const finished = result.exitCode !== 130;
      // It may have been faster than the signal.
      expect(finished ? [0, 1] : [130]).toContain(result.exitCode);
      expect(result.stderr).toBe("");
      const counts = readCounts(result.stdout);
      expect(totalOf(counts)).toBe(676);
      const files = await readdir(join(workplace.path, "downloads"));
      expect(files).toHaveLength(counts.ok);
      expect(await workplace.badFiles()).toEqual([]);
    }
  });

  test("while it waits for a server that is down", async () => {
    const server = await startFaultServer(() => undefined);
    await server[Symbol.asyncDispose]();
    await using workplace = await openWorkplace();
    const args = ["-e", "-v", "-m", "30", "--retries", "1000", "--base-url", server.baseUrl];
    const program = workplace.start(args);
    await untilPrinted(program, /will be used\.$/m);
    program.child.kill("SIGINT");
    const result = await program.result;
    expect(result).toMatchObject({ exitCode: 130, stderr: "" });
    expect(totalOf(readCounts(result.stdout))).toBe(676);
  });
});

describe("flags-async for a long time", () => {
  test("5000 files, 30 at a time: connections are used again, and memory stays flat", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const urls = Array.from({ length: 5000 }, (_, n) => `${server.urls.LOCAL}/us/us.gif?${n}\n`);
    const args = ["-m", "30", "--urls", "-", "--out", "downloads"];
    // With this heap it would end early if it kept anything of what it downloads, 23 MB in all, or of the requests.
    const env = { NODE_OPTIONS: "--max-old-space-size=64" };
    const result = await workplace.start(args, { env, input: urls.join("") }).result;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readCounts(result.stdout).ok).toBe(5000);
    const { LOCAL } = server.stats();
    expect(LOCAL.requests).toBe(5000);
    // One that the program leaves idle for some seconds, on a busy machine, is closed by the server and made anew.
    expect(LOCAL.newConnections).toBeLessThanOrEqual(150);
    expect(LOCAL.peakConcurrentRequests).toBeLessThanOrEqual(30);
  });
});
