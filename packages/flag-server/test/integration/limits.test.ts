import { describe, expect, test } from "@jest/globals";

import {
  startFlagServer,
  type FaultProfile,
  type FaultRule,
  type FlagServer,
} from "../../src/index.js";
import { RateLimiter } from "../../src/rules/rate-limiter.js";
import { ask, everyFlagPath, forEachAtOnce, openSocket, readToEnd } from "../support/http.js";
import { until } from "../support/processes.js";

function startWith(limits: FaultProfile["limits"]): Promise<FlagServer<"LOCAL">> {
  return startFlagServer({
    port: 0,
    listeners: ["LOCAL"],
    profile: { rules: [], ...(limits === undefined ? {} : { limits }) },
    faultHeaders: true,
  });
}

describe("RateLimiter", () => {
  test("lets a burst through, then one token at a time", () => {
    const limiter = new RateLimiter(10, 3);
    const taken = [0, 0, 0, 0, 100, 150, 200].map((ms) => limiter.take("a", ms));
    expect(taken).toEqual([0, 0, 0, 1, 0, 1, 0]);
    expect(limiter.take("b", 200)).toBe(0);
  });

  test("says how many seconds to wait, and after them lets one through", () => {
    const limiter = new RateLimiter(0.25, 1);
    expect(limiter.take("a", 0)).toBe(0);
    expect(limiter.take("a", 1000)).toBe(3);
    expect(limiter.take("a", 4000)).toBe(0);
  });

  test("does not trust a clock that is set back, and saves up no more than the burst", () => {
    const limiter = new RateLimiter(1, 2);
    expect([0, 0].map(() => limiter.take("a", 1e9))).toEqual([0, 0]);
    expect(limiter.take("a", 0)).toBe(1);
    expect([0, 0, 0].map(() => limiter.take("a", 1e12))).toEqual([0, 0, 1]);
  });
});

describe("limits", () => {
  test("requestsPerSecond: each client has a bucket of its own, and 429 says when to come back", async () => {
    await using server = await startWith({ requestsPerSecond: 0.001, burst: 2 });
    const url = `${server.urls.LOCAL}/us/us.gif`;
    const statuses = async (run: string) =>
      Promise.all(
        [1, 2, 3].map(async () => (await ask(url, { headers: { "X-Fault-Run": run } })).status),
      );
    expect((await statuses("one")).sort()).toEqual([200, 200, 429]);
    expect((await statuses("two")).sort()).toEqual([200, 200, 429]);
    const { status, headers } = await ask(url, { headers: { "X-Fault-Run": "one" } });
    expect(status).toBe(429);
    expect(Number(headers["retry-after"])).toBeGreaterThan(900);
    expect(server.journal({ rule: "limit" })).toHaveLength(3);
  });

  test("a limit that is put in place later starts with full buckets, and reset() fills them", async () => {
    await using server = await startWith({});
    const url = `${server.urls.LOCAL}/us/us.gif`;
    const status = async () => (await ask(url)).status;
    server.setRules([], { requestsPerSecond: 0.001, status: 503, retryAfterFormat: "date" });
    expect([await status(), await status()]).toEqual([200, 503]);
    server.reset();
    expect([await status(), await status()]).toEqual([200, 200]);
  });

  test("a limit that is about another listener does not hold here", async () => {
    await using server = await startWith({ listener: "ERROR", requestsPerSecond: 0.001 });
    for (const path of everyFlagPath().slice(0, 5)) {
      expect((await ask(server.urls.LOCAL + path)).status).not.toBe(429);
    }
  });

  test("maxConnections: one more is reset, and there is room again when one closes", async () => {
    await using server = await startWith({ maxConnections: 2 });
    const first = await openSocket(server.ports.LOCAL);
    await openSocket(server.ports.LOCAL);
    await until(() => server.stats().LOCAL.openConnections === 2);
    // The reset may come before the client has noticed that it is connected.
    const third = await openSocket(server.ports.LOCAL).then(readToEnd, String);
    expect(third).toMatch(/^$|ECONNRESET/);
    expect(server.stats().LOCAL).toMatchObject({ openConnections: 2, newConnections: 2 });
    first.destroy();
    await until(() => server.stats().LOCAL.openConnections === 1);
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`)).status).toBe(200);
  });
});

describe("fault headers", () => {
  const url = (server: FlagServer<"LOCAL">) => `${server.urls.LOCAL}/us/us.gif`;

  test("X-Fault chooses the fault of its own request alone", async () => {
    await using server = await startWith({});
    const headers = { "X-Fault": '{"kind":"status","status":418,"delay":{"ms":5}}' };
    const replies = await Promise.all([ask(url(server)), ask(url(server), { headers })]);
    expect(replies.map(({ status }) => status)).toEqual([200, 418]);
    expect(server.journal({ rule: "header" })).toMatchObject([{ fault: "status", status: 418 }]);
  });

  test.each([
    ["{", "X-Fault is not JSON"],
    ['{"kind":"drip"}', "X-Fault.bytes is missing"],
    [
      '{"kind":"slow-accept","delay":1}',
      "X-Fault.kind must not be slow-accept: the connection is open already",
    ],
  ])("X-Fault: %s is answered with 400 and what is wrong", async (field, message) => {
    await using server = await startWith({});
    const { status, body } = await ask(url(server), { headers: { "X-Fault": field } });
    expect([status, body.toString()]).toEqual([400, `400 ${message}\n`]);
  });

  test("X-Fault-Run gives each run attempts of its own", async () => {
    await using server = await startWith({});
    server.setRules([{ match: { attempt: 1 }, fault: { kind: "status", status: 503 } }]);
    const statuses: number[] = [];
    for (const run of ["one", "one", "two", "two", ""]) {
      const headers = run === "" ? {} : { "X-Fault-Run": run };
      statuses.push((await ask(url(server), { headers })).status);
    }
    expect(statuses).toEqual([503, 200, 503, 200, 503]);
  });

  test("have no effect unless they are allowed", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    const headers = { "X-Fault": '{"kind":"html"}' };
    expect((await ask(url(server), { headers })).headers["content-type"]).toBe("image/gif");
  });
});

describe("rules under load", () => {
  const rules: FaultRule[] = [
    {
      oneOf: [
        { share: 0.1, fault: { kind: "reset" } },
        { share: 0.1, fault: { kind: "reset", afterBytes: 10 } },
        { share: 0.1, fault: { kind: "truncate" } },
        { share: 0.1, fault: { kind: "truncate", framing: "chunked" } },
        { share: 0.1, fault: { kind: "status", status: [500, 502, 503] } },
        { share: 0.1, fault: { kind: "drip", bytes: 1000, everyMs: 1 } },
      ],
    },
    { fault: { kind: "delay", delay: { distribution: "uniform", minMs: 0, maxMs: 5 } } },
  ];

  test("give each path and attempt the same fate at any concurrency", async () => {
    const fates = async (width: number) => {
      await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"], seed: 5, rules });
      const paths = everyFlagPath().slice(0, 200);
      const twice = paths.flatMap((path) => [path, path]);
      await forEachAtOnce(twice, width, async (path) => {
        // A connection for each: one that is kept may be cut before the request arrives.
        await ask(server.urls.LOCAL + path).catch(() => undefined);
      });
      const entries = server
        .journal()
        .map(
          ({ path, attempt, rule, fault, status }) =>
            `${path} ${attempt} ${rule} ${fault} ${status}`,
        );
      return entries.sort();
    };
    const inLine = await fates(2);
    expect(inLine).toHaveLength(2 * 200);
    expect(await fates(60)).toEqual(inLine);
  });
});
