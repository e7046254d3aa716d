import { networkInterfaces } from "node:os";

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

import { startFlagServer, type FlagServer } from "../../src/index.js";
import { askControl, controlJson } from "../support/control.js";
import { ask, openSocket, readToEnd } from "../support/http.js";
import { until } from "../support/processes.js";
import { anyProfile } from "../support/profiles.js";

const HANG = { name: "hang", enabled: false, fault: { kind: "hang" } } as const;

function start(): Promise<FlagServer<"LOCAL" | "ERROR">> {
  return startFlagServer({
    port: 0,
    listeners: ["LOCAL", "ERROR"],
    profile: "none",
    rules: [
      { name: "gone", match: { codes: ["US"] }, fault: { kind: "status", status: 410 } },
      HANG,
    ],
    control: true,
    graceMs: 0,
  });
}

describe("the rules", () => {
  test("are shown, replaced, switched, and put back by a reset", async () => {
    await using server = await start();
    const url = server.controlUrl;
    const status = async () => (await ask(`${server.urls.LOCAL}/us/us.gif`)).status;
    expect((await controlJson(url, "api/rules")).value).toEqual({
      rules: [
        { name: "gone", match: { codes: ["US"] }, fault: { kind: "status", status: 410 } },
        HANG,
      ],
      limits: {},
    });
    expect(await status()).toBe(410);

    const off = await controlJson(url, "api/rules/gone", {
      method: "PATCH",
      body: '{"enabled":false}',
    });
    expect(off).toMatchObject({
      status: 200,
      value: { rules: [{ name: "gone", enabled: false }, HANG] },
    });
    expect(await status()).toBe(200);

    const body = JSON.stringify({ rules: [{ fault: { kind: "html" } }], limits: { burst: 5 } });
    const put = await controlJson(url, "api/rules", { method: "PUT", body });
    expect(put.value).toEqual({
      rules: [{ name: "rule-1", fault: { kind: "html" } }],
      limits: { burst: 5 },
    });
    expect((await ask(`${server.urls.ERROR}/us/us.gif`)).headers["content-type"]).toContain("html");

    await controlJson(url, "api/reset", { method: "POST" });
    expect(server.journal()).toEqual([]);
    expect(server.stats().LOCAL).toMatchObject({ requests: 0, peakConcurrentRequests: 0 });
    expect(await status()).toBe(410);
    expect(server.journal()).toMatchObject([{ number: 1, attempt: 1 }]);
  });

  test("are switched by enabled alone", async () => {
    await using server = await start();
    const body = '{"enabled":false,"name":"x"}';
    expect(
      await controlJson(server.controlUrl, "api/rules/gone", { method: "PATCH", body }),
    ).toEqual({ status: 400, value: { error: '"name" is unknown; there is enabled' } });
    expect(server.rules[0]).not.toHaveProperty("enabled");
  });

  test("stay as they are when the new ones are wrong, and the error names the path", async () => {
    await using server = await start();
    const before = server.rules;
    const body = '{"rules":[{"fault":{"kind":"drip","bytes":0,"everyMs":1}}]}';
    expect(await controlJson(server.controlUrl, "api/rules", { method: "PUT", body })).toEqual({
      status: 400,
      value: { error: "rules[0].fault.bytes must be an integer from 1 to 9007199254740991, not 0" },
    });
    const unknown = { method: "PATCH", body: '{"enabled":true}' };
    expect((await askControl(server.controlUrl, "api/rules/nobody", unknown)).status).toBe(404);
    expect(server.rules).toEqual(before);
  });

  test("can be set in the process, and refuse what is wrong at the call", async () => {
    await using server = await start();
    server.setRuleEnabled("gone", false);
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`)).status).toBe(200);
    server.setRules([{ fault: { kind: "status", status: 503 } }], { maxConnections: 10 });
    expect((await ask(`${server.urls.LOCAL}/br/br.gif`)).status).toBe(503);
    expect(() => server.setRuleEnabled("nobody", true)).toThrow(
      new RangeError("there is no rule nobody"),
    );
    // @ts-expect-error: wrong on purpose.
    expect(() => server.setRules([{ fault: { kind: "x" } }])).toThrow(
      /^rules\[0\]\.fault\.kind must be /,
    );
  });
});

describe("the journal", () => {
  async function withRequests(): Promise<FlagServer<"LOCAL" | "ERROR">> {
    const server = await start();
    for (const [index, code] of ["us", "us", "br", "xx", "us"].entries()) {
      const headers = { "X-Number": index + 1 };
      await ask(`${server.urls.LOCAL}/${code}/${code}.gif?seen=not`, { headers });
    }
    await ask(`${server.urls.ERROR}/us/us.gif`, { method: "HEAD" });
    return server;
  }

  test("has an entry for each request, oldest first", async () => {
    await using server = await withRequests();
    const { value } = await controlJson(server.controlUrl, "api/journal");
    expect(value).toMatchObject({
      last: 6,
      forgotten: 0,
      entries: [
        {
          number: 1,
          listener: "LOCAL",
          method: "GET",
          path: "/flags/us/us.gif",
          attempt: 1,
          connection: 1,
        },
        { attempt: 2, rule: "gone", fault: "status", status: 410, outcome: "sent" },
        { path: "/flags/br/br.gif", attempt: 1, status: 200, bodyBytes: 5872 },
        { path: "/flags/xx/xx.gif", status: 404 },
        { attempt: 3 },
        { number: 6, listener: "ERROR", method: "HEAD", attempt: 1, connection: 1, bodyBytes: 0 },
      ],
    });
    expect(value).toEqual({ last: 6, forgotten: 0, entries: server.journal() });
  });

  test.each<[query: string, numbers: number[]]>([
    ["listener=error", [6]],
    ["method=head", [6]],
    ["path=/flags/us/us.gif", [1, 2, 5, 6]],
    ["path=**/br.gif", [3]],
    ["code=US&listener=LOCAL", [1, 2, 5]],
    ["status=404", [4]],
    ["fault=status", [1, 2, 5, 6]],
    ["rule=gone&after=2", [5, 6]],
    ["limit=2", [5, 6]],
    ["code=cn", []],
    ["query=seen", [1, 2, 3, 4, 5]],
    ["query=seen%3Dn*", [1, 2, 3, 4, 5]],
    ["query=seen%3Dyes", []],
    ["header=X-Number", [1, 2, 3, 4, 5]],
    ["header=x-number:%203", [3]],
    ["header=Host:localhost:*&code=br", [3]],
  ])("finds %s", async (query, numbers) => {
    await using server = await withRequests();
    const { text } = await askControl(server.controlUrl, `api/journal?${query}&format=ndjson`);
    const lines = text.split("\n").filter((line) => line !== "");
    expect(lines.map((line) => (JSON.parse(line) as { number: number }).number)).toEqual(numbers);
  });

  test.each<[query: string, status: number, verdict: object]>([
    ["path=**/us.gif&listener=LOCAL&times=3", 200, { verified: true, count: 3 }],
    ["path=**/us.gif&listener=LOCAL&times=2", 409, { verified: false, count: 3 }],
    ["code=us&atLeast=4", 200, { verified: true, count: 4 }],
    ["code=us&atLeast=5", 409, { verified: false, count: 4 }],
    ["code=cn&atMost=0", 200, { verified: true, count: 0 }],
    ["atLeast=2&atMost=5", 409, { verified: false, count: 6 }],
  ])("verifies %s", async (query, status, verdict) => {
    await using server = await withRequests();
    expect(await controlJson(server.controlUrl, `api/verify?${query}`)).toEqual({
      status,
      value: verdict,
    });
  });

  test.each([
    ["verify?code=us", "one of times, atLeast, atMost is missing"],
    ["verify?times=-1", "times must be an integer from 0"],
    ["journal?status=ok", "status must be an integer from 0"],
    ["journal?listener=near", "listener must be one of LOCAL, DELAY, ERROR"],
    ["journal?limit=1e3", "limit must be an integer from 0"],
    [
      "journal?cc=us",
      'there is no parameter "cc", but listener, method, path, code, status, fault, rule, header, query, after, limit, format',
    ],
    ["journal?code=us&code=br", 'the parameter "code" stands twice'],
    ["journal?limit=1&limit=1", 'the parameter "limit" stands twice'],
    ["verify?times=1&times=2", 'the parameter "times" stands twice'],
    ["verify?times=1&limit=2", expect.stringMatching(/^there is no parameter "limit", but /)],
    ["journal?format=xml", "format must be one of json, ndjson"],
    [`journal?path=${"*".repeat(501)}`, "path must have 500 characters at most"],
    ["journal?header=:x", "header must begin with a name"],
    ["rules?x=1", 'there is no parameter "x", there is none here'],
    ["flags?x", 'there is no parameter "x", there is none here'],
    ["stats?constructor=1", 'there is no parameter "constructor", there is none here'],
  ])("refuses %s", async (query, error) => {
    await using server = await start();
    const reply = await controlJson(server.controlUrl, `api/${query}`);
    expect(reply).toEqual({ status: 400, value: { error } });
  });

  test("forgets the oldest beyond 10,000, and then claims no upper bound", async () => {
    await using server = await start();
    const socket = await openSocket(server.ports.LOCAL);
    const pipeline = "HEAD /flags/br/br.gif HTTP/1.1\r\nHost: x\r\n\r\n".repeat(10_004);
    socket.end(`GET /first HTTP/1.1\r\nHost: x\r\n\r\n${pipeline}`);
    await readToEnd(socket);
    const entries = server.journal();
    expect([entries.length, entries[0]?.number, entries.at(-1)?.number]).toEqual([
      10_000, 6, 10_005,
    ]);
    const verify = (query: string) => controlJson(server.controlUrl, `api/verify?${query}`);
    expect((await verify("path=/first&times=0")).value).toEqual({
      verified: false,
      count: 0,
      reason: "the first 5 requests are forgotten",
    });
    expect((await verify("code=br&atLeast=9999")).status).toBe(200);
  });
});

describe("the metrics", () => {
  test("are in the format of Prometheus, with the peak of concurrency and new connections", async () => {
    await using server = await start();
    server.setRules([
      { name: "slow", match: { codes: ["br"] }, fault: { kind: "delay", delay: 600_000 } },
    ]);
    const url = `${server.urls.LOCAL}/br/br.gif`;
    // What is delayed is answered when the server stops.
    const delayed = ["br", "br", "br"].map(() => ask(url).catch(() => undefined));
    await until(() => server.stats().LOCAL.concurrentRequests === 3);
    server.setRules([]);
    await ask(url);
    await ask(`${server.urls.LOCAL}/xx/xx.gif`);
    const { headers, text } = await askControl(server.controlUrl, "metrics");
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    for (const line of text.trim().split("\n")) {
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? \d+)$/,
      );
    }
    const sample = (name: string) =>
      text.split("\n").find((line) => line.startsWith(`flag_server_${name} `));
    expect(sample('requests_total{listener="LOCAL"}')).toMatch(/ 5$/);
    expect(sample('replies_total{listener="LOCAL",status="404"}')).toMatch(/ 1$/);
    expect(sample('faults_total{listener="LOCAL",rule="slow",fault="delay"}')).toMatch(/ 3$/);
    expect(sample('requests_in_flight_peak{listener="LOCAL"}')).toMatch(/ 4$/);
    expect(sample('connections_total{listener="LOCAL"}')).toMatch(/ 5$/);
    expect(sample('body_bytes_total{listener="LOCAL"}')).toMatch(/ 5886$/);
    expect(sample('requests_total{listener="ERROR"}')).toMatch(/ 0$/);
    await server.stop();
    await Promise.all(delayed);
  });

  test("the stats as JSON are those of stats()", async () => {
    await using server = await start();
    await ask(`${server.urls.LOCAL}/us/us.gif`);
    const { value } = await controlJson(server.controlUrl, "api/stats");
    const expected = { requests: 1, peakConcurrentRequests: 1, newConnections: 1 };
    expect(server.stats().LOCAL).toMatchObject(expected);
    expect(value).toMatchObject({
      last: 1,
      listeners: { LOCAL: { ...expected, faults: { "gone status": 1 } } },
    });
  });
});

describe("the control listener", () => {
  test("refuses other Host fields and pages of other origins", async () => {
    await using server = await start();
    const { port } = new URL(server.controlUrl ?? "");
    const status = async (headers: Record<string, string>, method = "GET") =>
      (await askControl(server.controlUrl, "api/reset", { headers, method })).status;
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "localhost",
      `localhost.:${port}`,
      `127.0.0.1:1`,
    ]) {
      expect([host, await status({ Host: host }, "POST")]).toEqual([host, 403]);
    }
    for (const host of [
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      `[::1]:${port}`,
      `LOCALHOST:${port}`,
    ]) {
      expect([host, await status({ Host: host }, "POST")]).toEqual([host, 200]);
    }
    const own = `localhost:${port}`;
    expect(await status({ Host: own, Origin: "http://evil.example" }, "POST")).toBe(403);
    expect(await status({ Host: own, Origin: "null" }, "POST")).toBe(403);
    expect(await status({ Host: own, Origin: `http://${own}` }, "POST")).toBe(200);
  });

  test("refuses a Host field that is missing, malformed or stands twice", async () => {
    await using server = await start();
    const port = Number(new URL(server.controlUrl ?? "").port);
    for (const fields of [
      "",
      `Host: localhost:${port}\r\nHost: localhost:${port}\r\n`,
      "Host: local host\r\n",
      "Host: [::1\r\n",
    ]) {
      const socket = await openSocket(
        port,
        `GET /metrics HTTP/1.1\r\n${fields}Connection: close\r\n\r\n`,
      );
      expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  test("can be reached from elsewhere, under any name, by whoever has the token", async () => {
    const controlToken = "0123456789-abcdef";
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      controlHost: "0.0.0.0",
      controlToken,
    });
    const { port } = new URL(server.controlUrl ?? "");
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((entry) => entry?.family === "IPv4" && !entry.internal)?.address;
    const url = `http://${outside ?? "127.0.0.2"}:${port}/`;
    const right = { Authorization: `Bearer ${controlToken}`, Host: "flags:8004" };
    expect((await askControl(url, "api/rules", { headers: right })).status).toBe(200);
    expect((await askControl(url, "metrics", { headers: right })).status).toBe(200);
    for (const Authorization of [
      "Bearer wrong-0123456789",
      `Basic ${controlToken}`,
      controlToken,
    ]) {
      const wrong = { headers: { ...right, Authorization }, method: "POST" };
      const { status, headers } = await askControl(url, "api/reset", wrong);
      expect([status, headers["www-authenticate"]]).toEqual([401, 'Bearer realm="flag-server"']);
    }
    expect((await askControl(url, "nothing")).status).toBe(401);
    // A browser asks for the page without a token; the page itself takes it from behind the "#".
    expect((await askControl(url, "")).status).toBe(200);
    expect((await askControl(url, "flags/us/us.gif")).headers["content-type"]).toBe("image/gif");
  });

  test("listens on loopback addresses alone, although the flags are served everywhere", async () => {
    await using server = await startFlagServer({
      port: 0,
      host: "0.0.0.0",
      listeners: ["LOCAL"],
      control: true,
    });
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((entry) => entry?.family === "IPv4" && !entry.internal)?.address;
    const address = outside ?? "127.0.0.2";
    expect((await ask(`http://${address}:${server.ports.LOCAL}/flags/us/us.gif`)).status).toBe(200);
    const { port } = new URL(server.controlUrl ?? "");
    await expect(ask(`http://${address}:${port}/metrics`)).rejects.toThrow("ECONNREFUSED");
  });

  test.each([
    ["GET", "nothing", 404],
    ["GET", "api/rules/x/y", 404],
    ["GET", "api/rules/../../etc/passwd", 404],
    ["GET", "page.css/../../manifest.json", 404],
    ["POST", "api/rules", 405],
    ["DELETE", "", 405],
    ["GET", "api/reset", 405],
    ["GET", "constructor", 404],
    ["PUT", "/evil.example/api/rules", 404],
  ])("answers %s /%s with %d", async (method, path, status) => {
    await using server = await start();
    expect((await askControl(server.controlUrl, path, { method })).status).toBe(status);
  });

  test.each([
    ["another type", { "Content-Type": "text/plain" }, "{}", 415],
    ["no JSON", {}, "{", 400],
    ["bytes that are no text", {}, Buffer.from([0xff, 0xfe]), 400],
    ["nothing", {}, "", 400],
    ["an array", {}, "[]", 400],
    ["null", {}, "null", 400],
    ["a surplus name", {}, '{"rules":[],"more":1}', 400],
    ["a name that is known elsewhere", {}, '{"enabled":true}', 400],
    ["2 MiB", {}, "x".repeat(2 * 1024 * 1024), 413],
    ["a deep nest", {}, "[".repeat(500_000), 400],
  ])("refuses a body of %s", async (_name, headers, body, status) => {
    await using server = await start();
    const ask = { method: "PUT", headers, body };
    expect((await askControl(server.controlUrl, "api/rules", ask)).status).toBe(status);
    expect((await askControl(server.controlUrl, "api/rules")).status).toBe(200);
  });

  test("never falls over a body, whatever is in it, and always says 200 or 400", async () => {
    await using server = await start();
    const bodies = fc.oneof(
      anyProfile.map((profile) => {
        const { rules, limits } = profile as { rules?: unknown; limits?: unknown };
        return JSON.stringify({ rules, limits });
      }),
      fc.json(),
      fc.string(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(bodies, fc.boolean(), async (body, whole) => {
        const path = whole ? "api/rules" : "api/rules/gone";
        const method = whole ? "PUT" : "PATCH";
        const { status, text } = await askControl(server.controlUrl, path, { method, body });
        seen.add(status);
        expect([200, 400, 404]).toContain(status);
        expect(() => JSON.parse(text) as unknown).not.toThrow();
      }),
      { numRuns: 500 },
    );
    expect(seen).toContain(200);
    expect(seen).toContain(400);
    await controlJson(server.controlUrl, "api/reset", { method: "POST" });
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`)).status).toBe(410);
  });

  test("serves the schema, and answers HEAD without a body", async () => {
    await using server = await start();
    const { value } = await controlJson(server.controlUrl, "profile.schema.json");
    expect(value).toMatchObject({ title: "Fault profile of @concur/flag-server" });
    const head = await askControl(server.controlUrl, "profile.schema.json", { method: "HEAD" });
    expect([head.status, head.text]).toEqual([200, ""]);
  });

  test("the flag listeners lead from / to it", async () => {
    await using server = await start();
    const reply = await ask(`${server.origins.LOCAL}/`);
    expect([reply.status, reply.headers.location]).toEqual([302, server.controlUrl]);
  });

  test("rejects the start when its own port is busy, and leaves no listener behind", async () => {
    await using busy = await start();
    const controlPort = Number(new URL(busy.controlUrl ?? "").port);
    await expect(startFlagServer({ port: 0, controlPort })).rejects.toMatchObject({
      code: "EADDRINUSE",
      message: `the control listener cannot listen: port ${controlPort} is in use; stop the program that has it or choose another port`,
    });
  });
});
