import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { launchFlagServer, startFlagServer } from "@concur/flag-server";
import { readCounts, startFaultServer, totalOf, untilPrinted } from "@concur/flags-common/testing";
import { describe, expect, test } from "@jest/globals";
import { openWorkplace } from "./fixtures/harness.js";

describe("flags-async at any width", () => {
  test("the same seed gives the same flags, errors and misses, 676 in all", async () => {
    const runs = [];
    for (const width of [5, 50, 1000]) {
      await using server = await startFlagServer({
        port: 0,
        listeners: ["ERROR"],
        seed: 42,
        delayMs: 5,
      });
      await using workplace = await openWorkplace();
      const args = ["-s", "ERROR", "-e", "-m", String(width), "--base-url", server.urls.ERROR];
      const result = await workplace.start(args).result;
      expect(result.exitCode).toBe(1);
      expect(result.stdout).toContain(`\n${Math.min(width, 676)} concurrent connections will be`);
      expect(await workplace.badFiles()).toEqual([]);
      const counts = readCounts(result.stdout);
      expect(result.stderr).toMatch(
        new RegExp(`^\\*\\*\\* ${counts.error} errors: \\d+ × HTTP 50\\d - [^\\n]+\\n$`),
      );
      runs.push({ counts, files: await workplace.files() });
    }
    const [first] = runs;
    expect(runs).toEqual([first, first, first]);
    expect(first && totalOf(first.counts)).toBe(676);
    expect(first?.files).toHaveLength(first?.counts.ok ?? 0);
    // A quarter of all fail, with room for chance.
    expect(first?.counts.error).toBeGreaterThan(676 * 0.2);
    expect(first?.counts.error).toBeLessThan(676 * 0.3);
  });

  test("20 connections wait out one delay together", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 1000 });
    await using workplace = await openWorkplace();
    const args = ["-s", "DELAY", "-m", "20", "--base-url", server.urls.DELAY];
    const { stdout, exitCode } = await workplace.start(args).result;
    expect(exitCode).toBe(0);
    const seconds = Number(/^Elapsed time: (.*)s$/m.exec(stdout)?.[1]);
    expect(seconds).toBeGreaterThanOrEqual(1);
    // One after the other would take 20.
    expect(seconds).toBeLessThan(8);
    expect(server.stats().DELAY.peakConcurrentRequests).toBe(20);
  });

  test.each([1, 7, 60])(
    "KB19: never more than %d requests at once, each on a kept connection",
    async (width) => {
      await using server = await startFlagServer({
        port: 0,
        listeners: ["DELAY"],
        delayMs: width * 20,
      });
      await using workplace = await openWorkplace();
      const args = ["-a", "-l", "60", "-m", String(width), "--base-url", server.urls.DELAY];
      expect(await workplace.start(args).result).toMatchObject({ exitCode: 0 });
      const stats = server.stats().DELAY;
      expect(stats.requests).toBe(60);
      expect(stats.peakConcurrentRequests).toBe(width);
      expect(stats.newConnections).toBe(width);
    },
  );

  test("KB23, FL27: -v prints whole lines, each flag once, as they come", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["ERROR"],
      delayMs: 20,
      errorRate: 0,
    });
    await using workplace = await openWorkplace();
    const args = ["-v", "-e", "-m", "100", "--base-url", server.urls.ERROR];
    const { stdout } = await workplace.start(args).result;
    const lines = stdout.split("\n").slice(3, -5);
    expect(lines).toHaveLength(676);
    expect(lines.every((line) => /^[A-Z]{2} (OK|not found)$/.test(line))).toBe(true);
    const codes = lines.map((line) => line.slice(0, 2));
    expect(new Set(codes).size).toBe(676);
    // Half of them are delayed, so they cannot come in the order of asking.
    expect(codes).not.toEqual(codes.toSorted());
  });
});

describe("flags-async in trouble", () => {
  test("the server dies in mid-run", async () => {
    await using server = await launchFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 100 });
    await using workplace = await openWorkplace();
    const args = ["-v", "-a", "-m", "10", "--base-url", server.urls.DELAY];
    const program = workplace.start(args);
    await untilPrinted(program, /^AD OK$/m);
    process.kill(server.pid, "SIGKILL");
    const result = await program.result;
    expect(result).toMatchObject({ exitCode: 1, stderr: "" });
    const counts = readCounts(result.stdout);
    expect(counts.ok + counts.error).toBe(194);
    expect(counts.error).toBeGreaterThan(0);
    const errors = result.stdout.split("\n").filter((line) => line.startsWith("***"));
    expect(errors).toHaveLength(counts.error);
    for (const line of errors) {
      expect(line).toMatch(
        /^\*\*\* Error for [A-Z]{2}: (Connection (refused|reset|closed without an answer)|body is truncated .*)$/,
      );
    }
    expect(await workplace.files()).toHaveLength(counts.ok);
    expect(await workplace.badFiles()).toEqual([]);
  });

  test("KB5: the disk fills up: one line, exit code 3, whole files only", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const args = ["-a", "-m", "20", "--base-url", server.urls.LOCAL];
    const result = await workplace.start(args, { fileSizeBlocks: 4 }).result;
    expect(result).toMatchObject({
      exitCode: 3,
      stderr: "*** cannot write to downloads/: file too large\n",
    });
    const counts = readCounts(result.stdout);
    expect(totalOf(counts)).toBe(194);
    expect(counts.notStarted).toBeGreaterThan(0);
    expect(await workplace.files()).toHaveLength(counts.ok);
    expect(await workplace.badFiles()).toEqual([]);
  });

  test("KB5: downloads is a file: one line, exit code 3, no request", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    await writeFile(join(workplace.path, "downloads"), "not a folder");
    expect(await workplace.start(["--base-url", server.urls.LOCAL]).result).toEqual({
      exitCode: 3,
      signal: null,
      stdout: "",
      stderr: "*** cannot write to downloads/: not a folder\n",
    });
    expect(server.stats().LOCAL.requests).toBe(0);
  });

  test("a run that was killed leaves temporary files; the next one removes them", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    await mkdir(join(workplace.path, "downloads"));
    const dead = workplace.start(["-h"]);
    await dead.result;
    const leftover = `.us.gif.${dead.child.pid ?? 0}.1.part`;
    await writeFile(join(workplace.path, "downloads", leftover), "GIF89a");
    await workplace.start(["us", "--base-url", server.urls.LOCAL]).result;
    expect(await workplace.files()).toEqual(["us.gif"]);
  });
});

describe("flags-async behind a proxy", () => {
  test("sends what is for other machines through the proxy of the environment", async () => {
    const answer =
      "HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\nContent-Length: 10\r\n\r\nGIF89a123;";
    await using proxy = await startFaultServer((socket) => socket.end(answer));
    await using workplace = await openWorkplace();
    const { origin } = new URL(proxy.baseUrl);
    const env = { http_proxy: origin, HTTP_PROXY: origin, no_proxy: "", NO_PROXY: "" };
    const args = ["us", "br", "--base-url", "http://flags.example/flags"];
    const result = await workplace.start(args, { env }).result;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await workplace.files()).toEqual(["br.gif", "us.gif"]);
  });
});

describe("flags-async is stopped", () => {
  test("KB17: by SIGINT: the report adds up, exit code 130, no temporary files", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 200 });
    await using workplace = await openWorkplace();
    const program = workplace.start(["-v", "-e", "-m", "20", "--base-url", server.urls.DELAY]);
    await untilPrinted(program, /^AD OK$/m);
    program.child.kill("SIGINT");
    const result = await program.result;
    expect(result).toMatchObject({ exitCode: 130, signal: null, stderr: "" });
    const counts = readCounts(result.stdout);
    expect(totalOf(counts)).toBe(676);
    expect(counts.notStarted).toBeGreaterThan(0);
    const interrupted = result.stdout.match(/^\*\*\* Error for [A-Z]{2}: interrupted$/gm);
    expect(interrupted).toHaveLength(counts.error);
    expect(await workplace.files()).toHaveLength(counts.ok);
    expect(await workplace.badFiles()).toEqual([]);
    expect(server.stats().DELAY.requests).toBeLessThan(676);
  });

  test("by SIGTERM: exit code 143", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 200 });
    await using workplace = await openWorkplace();
    const program = workplace.start(["-v", "-e", "-m", "20", "--base-url", server.urls.DELAY]);
    await untilPrinted(program, /^AD OK$/m);
    program.child.kill("SIGTERM");
    const result = await program.result;
    expect(result).toMatchObject({ exitCode: 143, stderr: "" });
    expect(totalOf(readCounts(result.stdout))).toBe(676);
  });

  test("by the end of its reader, as in | head -1: quietly", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 100 });
    await using workplace = await openWorkplace();
    const program = workplace.start(["-v", "-e", "--base-url", server.urls.DELAY]);
    await untilPrinted(program, /\n/);
    program.child.stdout?.destroy();
    expect(await program.result).toMatchObject({ exitCode: 141, stderr: "" });
    expect(await workplace.badFiles()).toEqual([]);
    expect(server.stats().DELAY.requests).toBeLessThan(676);
  });
});
