import { createServer } from "node:net";
import { startFlagServer } from "@concur/flag-server";
import { describe, expect, test } from "@jest/globals";
import { NO_LIMITS, readCounts, totalOf, untilPrinted } from "../../../src/testing.js";
import { Latch } from "../../fixtures/latch.js";
import { openWorkplace } from "../../fixtures/pooled-program.js";
import { sendGif, serveHttp } from "../../fixtures/servers.js";

describe("--retries", () => {
  test("gets every flag from a server that fails a quarter of all requests", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["ERROR"], delayMs: 5 });
    await using workplace = await openWorkplace();
    const args = [
      "-e",
      "-m",
      "30",
      "--retries",
      "12",
      "--stats",
      ...NO_LIMITS,
      "--base-url",
      server.urls.ERROR,
    ];
    const result = await workplace.start(args).result;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readCounts(result.stdout)).toMatchObject({ ok: 194, notFound: 482, error: 0 });
    expect(await workplace.badFiles()).toEqual([]);
    const [, requests, retries] =
      /^Requests: (\d+), of them (\d+) retries; at most 30 at once\.$/m.exec(result.stdout) ?? [];
    expect(Number(requests)).toBe(server.stats().ERROR.requests);
    expect(Number(retries)).toBe(Number(requests) - 676);
  });

  test("comes back when the server says, in seconds or as a date", async () => {
    const times: number[] = [];
    await using server = await serveHttp((_request, response) => {
      times.push(Date.now());
      // Dates have whole seconds: this one is between one and two away.
      const inTwoSeconds = new Date(Date.now() + 2000).toUTCString();
      if (times.length === 1) response.writeHead(429, { "Retry-After": "1" }).end();
      else if (times.length === 2) response.writeHead(503, { "Retry-After": inTwoSeconds }).end();
      else sendGif(response);
    });
    await using workplace = await openWorkplace();
    const args = ["us", "--retries", "2", ...NO_LIMITS, "--base-url", server.baseUrl];
    expect(await workplace.start(args).result).toMatchObject({ exitCode: 0 });
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(990);
    expect(third - second).toBeGreaterThanOrEqual(990);
    expect(times).toHaveLength(3);
  });

  test("does not wait for a server that wants an hour, nor retry what will not pass", async () => {
    await using server = await serveHttp((request, response) => {
      if (request.url?.endsWith("br.gif")) response.writeHead(429, { "Retry-After": "3600" }).end();
      else response.writeHead(403).end();
    });
    await using workplace = await openWorkplace();
    const args = [
      "-v",
      "us",
      "br",
      "-m1",
      "--retries",
      "9",
      ...NO_LIMITS,
      "--base-url",
      server.baseUrl,
    ];
    const { stdout } = await workplace.start(args).result;
    expect(stdout).toContain("*** Error for BR: HTTP 429 - Too Many Requests\n");
    expect(stdout).toContain("*** Error for US: HTTP 403 - Forbidden\n");
    expect(server.paths).toHaveLength(2);
  });

  test("without the option nothing is tried again", async () => {
    await using server = await serveHttp((_request, response) => response.writeHead(503).end());
    await using workplace = await openWorkplace();
    expect(
      await workplace.start(["us", ...NO_LIMITS, "--base-url", server.baseUrl]).result,
    ).toMatchObject({
      exitCode: 1,
    });
    expect(server.paths).toHaveLength(1);
  });

  test("a budget for all files limits what a server in trouble gets", async () => {
    await using server = await serveHttp((_request, response) => response.writeHead(500).end());
    await using workplace = await openWorkplace();
    const args = ["-a", "-l100", "-m50", "--retries", "9", "--retry-budget", "30"];
    const result = await workplace.start([...NO_LIMITS, ...args, "--base-url", server.baseUrl])
      .result;
    expect(result.stderr).toMatch(
      /^\*\*\* 100 errors: 100 × HTTP 500 .*\n\*\*\* the retry budget of 30 is used up: \d+ retries were not made\n$/,
    );
    expect(server.paths).toHaveLength(130);
  });

  test("--max-time is for all tries of a file together", async () => {
    await using server = await serveHttp((_request, response) => response.writeHead(500).end());
    await using workplace = await openWorkplace();
    const args = ["us", "--retries", "1000", "--retry-budget", "100000", "--max-time", "1"];
    const result = await workplace.start([...NO_LIMITS, ...args, "--base-url", server.baseUrl])
      .result;
    expect(result).toMatchObject({ exitCode: 1 });
    // If the limit were for each of them, there would be all, and the last ones ten seconds apart.
    expect(server.paths.length).toBeLessThan(1000);
  });
});

describe("the circuit breaker", () => {
  test("a server that is down is given up, and that is said once", async () => {
    const server = await serveHttp(() => undefined);
    await server[Symbol.asyncDispose]();
    await using workplace = await openWorkplace();
    const args = ["-e", "-m20", "--retries", "2", ...NO_LIMITS, "--base-url", server.baseUrl];
    const result = await workplace.start(args).result;
    const counts = readCounts(result.stdout);
    expect(result.exitCode).toBe(1);
    expect(totalOf(counts)).toBe(676);
    expect(counts.error).toBeLessThanOrEqual(20);
    expect(counts.notStarted).toBeGreaterThanOrEqual(656);
    expect(result.stderr).toMatch(
      /^\*\*\* \d+ errors: \d+ × Connection refused\n\*\*\* gave up: the server at 127\.0\.0\.1:\d+ is down\n$/,
    );
  });

  test("a server that is down for a while: everything arrives", async () => {
    const first = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      graceMs: 0,
      rules: [{ match: { codes: ["AD"] }, fault: { kind: "pass" } }, { fault: { kind: "hang" } }],
    });
    const port = first.ports.LOCAL;
    await using workplace = await openWorkplace();
    const args = ["-v", "-a", "-m", "20", "--retries", "4", ...NO_LIMITS];
    const program = workplace.start([...args, "--base-url", first.urls.LOCAL]);
    await untilPrinted(program, /^AD OK$/m);
    // The program stands still while one server takes the place of another: how long that takes must not matter.
    program.child.kill("SIGSTOP");
    await first.stop();
    const attempts: unknown[] = [];
    const isOpen = new Latch();
    const down = createServer((socket) => {
      socket.resetAndDestroy();
      // Five failures in a row open the breaker; the one after them is a probe.
      if (attempts.push(socket) === 6) isOpen.open();
    });
    await new Promise<void>((resolve) => down.listen(port, resolve));
    program.child.kill("SIGCONT");
    await isOpen.opened;
    program.child.kill("SIGSTOP");
    await new Promise((resolve) => down.close(resolve));
    await using second = await startFlagServer({ port, listeners: ["LOCAL"] });
    program.child.kill("SIGCONT");
    const result = await program.result;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readCounts(result.stdout)).toMatchObject({ ok: 194, error: 0, notStarted: 0 });
    expect(second.stats().LOCAL.requests).toBeGreaterThan(0);
    expect(await workplace.badFiles()).toEqual([]);
    expect(await workplace.files()).toHaveLength(194);
  });
});

describe("time limits", () => {
  test("--deadline ends the run, and what was done is reported", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 200 });
    await using workplace = await openWorkplace();
    const args = [
      "-e",
      "-m",
      "10",
      "--deadline",
      "1.5",
      ...NO_LIMITS,
      "--base-url",
      server.urls.DELAY,
    ];
    const result = await workplace.start(args).result;
    expect(result).toMatchObject({ exitCode: 1, stderr: "*** stopped at the deadline of 1.5 s\n" });
    const counts = readCounts(result.stdout);
    expect(totalOf(counts)).toBe(676);
    expect(counts.notStarted).toBeGreaterThan(0);
    expect(await workplace.badFiles()).toEqual([]);
  });

  test("a run that keeps its deadline ends by itself", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const args = ["us", "--deadline", "3600", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    expect(await workplace.start(args).result).toMatchObject({ exitCode: 0, stderr: "" });
  });
});
