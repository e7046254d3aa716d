import { Agent, createServer } from "node:http";
import { once } from "node:events";
import { networkInterfaces } from "node:os";

import { describe, expect, test } from "@jest/globals";
import { expectTypeOf } from "expect-type";

import { startFlagServer, type FlagListenerLabel, type FlagServer } from "../../src/index.js";
import { ask, everyFlagPath, forEachAtOnce, openSocket } from "../support/http.js";
import { freePorts } from "../support/ports.js";
import { until } from "../support/processes.js";

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((entry) => entry?.address === "::1");

describe("startFlagServer()", () => {
  test("starts the three listeners on free ports and says where they are", async () => {
    await using server = await startFlagServer({ port: 0 });
    expect(Object.keys(server.urls)).toEqual(["LOCAL", "DELAY", "ERROR"]);
    expectTypeOf(server.urls).toEqualTypeOf<Readonly<Record<FlagListenerLabel, string>>>();
    for (const label of ["LOCAL", "DELAY", "ERROR"] as const) {
      expect(server.urls[label]).toBe(`http://localhost:${server.ports[label]}/flags`);
      expect(server.ports[label]).toBeGreaterThan(0);
    }
    expect(new Set(Object.values(server.ports)).size).toBe(3);
  });

  test("takes the port after LOCAL's for DELAY and the next for ERROR, although LOCAL is left out", async () => {
    const port = await freePorts();
    await using server = await startFlagServer({ port, listeners: ["ERROR", "DELAY"] });
    expect(server.ports).toEqual({ DELAY: port + 1, ERROR: port + 2 });
    expectTypeOf(server.urls).toEqualTypeOf<Readonly<Record<"DELAY" | "ERROR", string>>>();
    expect((await ask(`${server.urls.DELAY}/us/us.gif`)).status).toBe(200);
  });

  test("answers at each address that localhost may stand for", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    const hosts = ["127.0.0.1", "localhost", ...(hasIpv6 ? ["[::1]"] : [])];
    for (const host of hosts) {
      const { status } = await ask(`http://${host}:${server.ports.LOCAL}/flags/us/us.gif`);
      expect([host, status]).toEqual([host, 200]);
    }
    expect(server.stats().LOCAL.requests).toBe(hosts.length);
  });

  test("listens on no other address than the one it was given", async () => {
    await using server = await startFlagServer({
      port: 0,
      host: "127.0.0.1",
      listeners: ["LOCAL"],
    });
    expect(server.urls).toEqual({ LOCAL: `http://127.0.0.1:${server.ports.LOCAL}/flags` });
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`)).status).toBe(200);
    await expect(ask(`http://[::1]:${server.ports.LOCAL}/`)).rejects.toThrow();
  });

  test("rejects with one line when a port is busy, and leaves no listener behind", async () => {
    const port = await freePorts();
    await using busy = await startFlagServer({ port, listeners: ["ERROR"] });
    expect(busy.ports.ERROR).toBe(port + 2);
    await expect(startFlagServer({ port })).rejects.toMatchObject({
      code: "EADDRINUSE",
      message: `ERROR cannot listen: port ${port + 2} is in use; stop the program that has it or choose another port`,
    });
    await expect(openSocket(port)).rejects.toThrow("ECONNREFUSED");
    await expect(openSocket(port + 1)).rejects.toThrow("ECONNREFUSED");
  });

  if (hasIpv6) {
    test("counts a port as busy when another program has only its ::1 half", async () => {
      const other = createServer();
      other.listen(0, "::1");
      await once(other, "listening");
      try {
        const address = other.address();
        const port = typeof address === "object" ? (address?.port ?? 0) : 0;
        const start = startFlagServer({ port, listeners: ["LOCAL"] });
        await expect(start).rejects.toMatchObject({ code: "EADDRINUSE" });
      } finally {
        other.close();
      }
    });
  }

  test("rejects with the system's code for an address that is not this machine's", async () => {
    const start = startFlagServer({ port: 0, host: "192.0.2.1" });
    await expect(start).rejects.toMatchObject({
      code: "EADDRNOTAVAIL",
      message: "LOCAL cannot listen: this machine has no address 192.0.2.1",
    });
  });
});

describe("DELAY", () => {
  test("holds every reply back, found or not, while others come in", async () => {
    const server = await startFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 600_000 });
    const paths = ["/us/us.gif", "/xx/xx.gif", "/br/br.gif", "/cn/metadata.json"];
    const replies = paths.map((path) => ask(server.urls.DELAY + path));
    await until(() => server.stats().DELAY.concurrentRequests === paths.length);
    // It sends at once what is delayed.
    await server.stop();
    const statuses = (await Promise.all(replies)).map(({ status }) => status);
    expect(statuses).toEqual([200, 404, 200, 200]);
    expect(server.stats().DELAY.peakConcurrentRequests).toBe(paths.length);
  });

  test("holds a reply back for as long as it was told", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 200 });
    const start = performance.now();
    await ask(`${server.urls.DELAY}/us/us.gif`);
    // Node's timers may be a millisecond early.
    expect(performance.now() - start).toBeGreaterThan(198);
  });

  test("forgets a delayed reply whose client went away", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 60_000 });
    const socket = await openSocket(
      server.ports.DELAY,
      "GET /flags/us/us.gif HTTP/1.1\r\nHost: x\r\n\r\n",
    );
    await until(() => server.stats().DELAY.concurrentRequests === 1);
    socket.destroy();
    await until(() => server.stats().DELAY.concurrentRequests === 0);
    expect(server.stats().DELAY).toMatchObject({ requests: 1, openConnections: 0 });
  });
});

describe("ERROR", () => {
  const paths = everyFlagPath();

  async function statusesOf(
    server: FlagServer<"ERROR">,
    width: number,
    asked: readonly string[] = paths,
  ) {
    const statuses: Record<string, number> = {};
    const agent = new Agent({ keepAlive: true });
    await forEachAtOnce(asked, width, async (path) => {
      statuses[path] = (await ask(server.urls.ERROR + path, { agent })).status;
    });
    agent.destroy();
    return Object.fromEntries(asked.map((path) => [path, statuses[path]]));
  }

  function startErrors(seed: number | string): Promise<FlagServer<"ERROR">> {
    return startFlagServer({ port: 0, listeners: ["ERROR"], seed, delayMs: 1 });
  }

  test("gives each flag the same fate at any concurrency, in any run", async () => {
    await using narrow = await startErrors(7);
    await using wide = await startErrors("7");
    const some = paths.slice(0, 200);
    const inLine = await statusesOf(narrow, 1, some);
    expect(await statusesOf(wide, 100, some)).toEqual(inLine);
    // The second attempt of each path has a fate of its own, the same for both servers.
    const again = await statusesOf(narrow, 50, some);
    expect(again).not.toEqual(inLine);
    expect(await statusesOf(wide, 5, some)).toEqual(again);
  });

  test("by default ends `every two letters` with the same counts each time", async () => {
    await using server = await startErrors(1);
    const counts: Record<number, number> = {};
    for (const status of Object.values(await statusesOf(server, 30))) {
      counts[status ?? 0] = (counts[status ?? 0] ?? 0) + 1;
    }
    expect(counts).toEqual({ 200: 151, 404: 370, 500: 34, 501: 46, 502: 41, 503: 34 });
  });

  test("fails as the book's proxy does: at once, a short page, and the connection closed", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["ERROR"],
      errorRate: 1,
      delayMs: 60_000,
    });
    const seen = new Set<number>();
    await forEachAtOnce(paths.slice(0, 60), 10, async (path) => {
      const { status, headers, body } = await ask(server.urls.ERROR + path);
      seen.add(status);
      expect(headers).toMatchObject({
        connection: "close",
        "content-type": "text/html; charset=utf-8",
      });
      expect(body.toString()).toContain(`<h1>${status} `);
    });
    expect([...seen].sort()).toEqual([500, 501, 502, 503]);
  });

  test("delays half of the requests by default and lets the others through at once", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["ERROR"],
      delayMs: 60_000,
      graceMs: 0,
    });
    const settled: number[] = [];
    const asked = paths.map((path) =>
      ask(server.urls.ERROR + path).then(
        ({ status }) => settled.push(status),
        () => 0,
      ),
    );
    // What is neither an error nor plain waits for a minute, so the counts come to rest.
    await until(() => settled.length === 676 - 361);
    expect(server.stats().ERROR).toMatchObject({ requests: 676, concurrentRequests: 361 });
    expect(settled.filter((status) => status >= 500)).toHaveLength(155);
    await server.stop();
    await Promise.all(asked);
  });
});

describe("stats()", () => {
  test("shows whether a client keeps its connections", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL", "ERROR"] });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let count = 0; count < 5; count += 1)
      await ask(`${server.urls.LOCAL}/us/us.gif`, { agent });
    expect(server.stats()).toEqual({
      LOCAL: {
        requests: 5,
        concurrentRequests: 0,
        peakConcurrentRequests: 1,
        openConnections: 1,
        newConnections: 1,
      },
      ERROR: {
        requests: 0,
        concurrentRequests: 0,
        peakConcurrentRequests: 0,
        openConnections: 0,
        newConnections: 0,
      },
    });
    agent.destroy();
    for (let count = 0; count < 5; count += 1) await ask(`${server.urls.LOCAL}/us/us.gif`);
    await until(() => server.stats().LOCAL.openConnections === 0);
    expect(server.stats().LOCAL).toMatchObject({ requests: 10, newConnections: 6 });
  });

  test.each([[1], [7]])(
    "never overstates the concurrency of a client with %d lanes",
    async (lanes) => {
      await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
      const agent = new Agent({ keepAlive: true });
      await forEachAtOnce(everyFlagPath(), lanes, async (path) => {
        await ask(server.urls.LOCAL + path, { agent });
      });
      agent.destroy();
      const { peakConcurrentRequests, requests } = server.stats().LOCAL;
      expect(requests).toBe(676);
      expect(peakConcurrentRequests).toBeGreaterThanOrEqual(1);
      expect(peakConcurrentRequests).toBeLessThanOrEqual(lanes);
    },
  );
});
