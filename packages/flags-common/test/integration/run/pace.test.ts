import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startFlagServer } from "@concur/flag-server";
import { describe, expect, test } from "@jest/globals";
import { NO_LIMITS, readCounts, startGatedServer } from "../../../src/testing.js";
import { openWorkplace } from "../../fixtures/pooled-program.js";
import { sendGif } from "../../fixtures/servers.js";

/** A server with a limit that a client has to find out; it counts what it had to refuse. */
async function serveLimited(limit: {
  readonly perSecond?: number;
  readonly atOnce?: number;
}): Promise<AsyncDisposable & { readonly baseUrl: string; refused: number }> {
  const BURST = 10;
  let bucket = BURST;
  let filledAtMs = performance.now();
  let inFlight = 0;
  const server = createServer((_request, response) => {
    const nowMs = performance.now();
    if (limit.perSecond !== undefined) {
      bucket = Math.min(BURST, bucket + ((nowMs - filledAtMs) * limit.perSecond) / 1000);
      filledAtMs = nowMs;
      if (bucket < 1) {
        state.refused += 1;
        response.writeHead(429).end();
        return;
      }
      bucket -= 1;
    }
    if (inFlight >= (limit.atOnce ?? Infinity)) {
      state.refused += 1;
      response.writeHead(503).end();
      return;
    }
    inFlight += 1;
    setTimeout(() => {
      inFlight -= 1;
      sendGif(response);
    }, 20);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const state = {
    baseUrl: `http://127.0.0.1:${port}/flags`,
    refused: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return state;
}

describe("-m auto", () => {
  test("says that it is only a limit, and does not hold back a server that takes everything", async () => {
    let wanted = 2;
    let answered = 0;
    await using server = await startGatedServer((held) => {
      // It asks for twice as much as soon as all is well: until then nobody is answered.
      if (held.length < Math.min(wanted, 194 - answered)) return;
      for (const request of held) request.answer();
      answered += held.length;
      wanted *= 2;
    });
    await using workplace = await openWorkplace();
    const args = ["-a", "-m", "auto", ...NO_LIMITS, "--base-url", server.baseUrl];
    const { stdout, exitCode } = await workplace.start(args).result;
    expect(exitCode).toBe(0);
    expect(stdout).toContain("\nUp to 194 concurrent connections will be used.\n");
    expect(readCounts(stdout).ok).toBe(194);
    expect(server.counts.peak).toBeGreaterThan(30);
  });

  // How near it stays to that rate is what the tests of AdaptiveRate are for, which have a clock of their own.
  test("goes on with a server that allows a certain rate", async () => {
    await using server = await serveLimited({ perSecond: 100 });
    await using workplace = await openWorkplace();
    const args = [
      "-a",
      "-m",
      "auto",
      "--retries",
      "20",
      ...NO_LIMITS,
      "--base-url",
      server.baseUrl,
    ];
    const { stdout, exitCode } = await workplace.start(args).result;
    expect(exitCode).toBe(0);
    expect(readCounts(stdout).ok).toBe(194);
  });

  test("finds how many at once a server takes", async () => {
    await using server = await serveLimited({ atOnce: 20 });
    await using workplace = await openWorkplace();
    const args = [
      "-e",
      "-m",
      "auto",
      "--retries",
      "20",
      ...NO_LIMITS,
      "--base-url",
      server.baseUrl,
    ];
    const { stdout, exitCode } = await workplace.start(args).result;
    expect(exitCode).toBe(0);
    expect(readCounts(stdout).ok).toBe(676);
    expect(server.refused).toBeLessThan(676 * 0.3);
  });
});

describe("--rate", () => {
  test("so many requests a second, retries included", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const args = [
      "-a",
      "-l60",
      "-m",
      "30",
      "--rate",
      "40",
      ...NO_LIMITS,
      "--base-url",
      server.urls.LOCAL,
    ];
    const { stdout } = await workplace.start(args).result;
    const seconds = Number(/^Elapsed time: (.*)s$/m.exec(stdout)?.[1]);
    // 59 intervals of 25 ms, of which one may be made up for.
    expect(seconds).toBeGreaterThanOrEqual(1.44);
    expect(readCounts(stdout).ok).toBe(60);
  });
});
