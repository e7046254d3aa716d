import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

import { describe, expect, test } from "@jest/globals";

import { startFlagServer, type Fault, type FaultRule, type FlagServer } from "../../src/index.js";
import { ask, openSocket, readToEnd } from "../support/http.js";
import { until } from "../support/processes.js";

const PATH = "/flags/us/us.gif";
const TRAILERS = {
  kind: "trailers",
  trailers: { "Server-Timing": "cpu;dur=2", Digest: ["a", "b"] },
} as const;

function startWith(...rules: FaultRule[]): Promise<FlagServer<"LOCAL">> {
  return startFlagServer({ port: 0, listeners: ["LOCAL"], profile: "none", rules });
}

function withFault(fault: Fault): Promise<FlagServer<"LOCAL">> {
  return startWith({ fault });
}

async function post(server: FlagServer<"LOCAL">, body: string | Buffer): Promise<number> {
  // Kept alive: a server that closes after its reply does not wait for the rest of the body.
  const agent = new Agent({ keepAlive: true });
  const outgoing = request(`${server.urls.LOCAL}/upload`, { method: "POST", agent });
  outgoing.on("error", () => undefined);
  outgoing.end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  incoming.resume();
  return incoming.statusCode ?? 0;
}

describe("the journal tells what a client has sent", () => {
  test("fields and query, and finds by them", async () => {
    await using server = await startWith();
    const { headers } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    await ask(`${server.urls.LOCAL}/us/us.gif?a=1&a=2&b=%26`, {
      headers: { "If-None-Match": headers.etag, "X-Twice": ["one", "two"] },
    });
    expect(server.journal({ headers: { "if-none-match": true } })).toMatchObject([
      {
        number: 2,
        status: 304,
        query: "a=1&a=2&b=%26",
        headers: { "if-none-match": headers.etag, "x-twice": "one, two" },
        requestBodyBytes: 0,
      },
    ]);
    expect(server.journal({ headers: { "IF-NONE-MATCH": false } })).toMatchObject([{ number: 1 }]);
    for (const query of [{ a: "2" }, { a: "1", b: "&" }, { b: true, c: false }, { a: "?" }]) {
      expect(server.journal({ query, after: 1 })).toHaveLength(1);
    }
    for (const query of [{ a: "3" }, { c: true }, { a: "1", b: false }]) {
      expect(server.journal({ query })).toEqual([]);
    }
  });

  test("no more than it has room for", async () => {
    await using server = await startWith();
    const headers = { "X-Long": "x".repeat(9000) };
    await ask(`${server.urls.LOCAL}/us/us.gif?${"q".repeat(3000)}`, { headers });
    const [entry] = server.journal();
    expect(entry?.query).toBe("q".repeat(1000));
    expect(JSON.stringify(entry?.headers).length).toBeLessThan(4200);
  });

  test("bodies, before the reply", async () => {
    await using server = await startWith({
      match: { method: "POST" },
      fault: { kind: "status", status: 201 },
    });
    expect(await post(server, "naïve")).toBe(201);
    expect(server.journal()).toMatchObject([
      { method: "POST", status: 201, requestBodyBytes: 6, requestBody: "naïve" },
    ]);
    server.reset();
    expect(await post(server, "")).toBe(201);
    expect(server.journal()[0]).not.toHaveProperty("requestBody");
  });

  test("the beginning of a long body, and how long all of it was", async () => {
    await using server = await startWith();
    const bytes = 3_000_000;
    expect(await post(server, Buffer.alloc(bytes, "x"))).toBe(404);
    // The reply does not wait for all of it.
    await until(() => server.journal()[0]?.requestBodyBytes === bytes);
    expect(server.journal()[0]?.requestBody).toBe("x".repeat(64 * 1024));
  });

  test("of many bodies the latest", async () => {
    await using server = await startWith();
    const body = Buffer.alloc(64 * 1024, "x");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let count = 0; count < 260; count += 1) {
      const outgoing = request(server.urls.LOCAL, { method: "PUT", agent });
      outgoing.end(body);
      const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
      await text(incoming);
    }
    agent.destroy();
    const kept = server.journal().map(({ requestBody }) => requestBody?.length ?? 0);
    expect(kept.filter((length) => length > 0)).toHaveLength(256);
    expect([kept[0], kept.at(-1)]).toEqual([0, 65_536]);
    expect(server.journal()[0]?.requestBodyBytes).toBe(65_536);
  });

  test("a body that never ends is seen, and its end with the connection too", async () => {
    await using server = await startWith();
    const head = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`;
    const socket = await openSocket(server.ports.LOCAL, head);
    await until(() => server.stats().LOCAL.concurrentRequests === 1);
    expect(server.journal()).toMatchObject([{ method: "POST", status: 0, outcome: "open" }]);
    socket.destroy();
    await until(() => server.stats().LOCAL.concurrentRequests === 0);
    await until(() => server.journal()[0]?.requestBodyBytes === 4);
    expect(server.journal()).toMatchObject([
      { status: 0, outcome: "aborted", requestBody: "half" },
    ]);
  });
});

describe("rules match", () => {
  test("fields: there, not there, or like a glob", async () => {
    const status = (one: number) => ({ kind: "status", status: one }) as const;
    await using server = await startWith(
      { match: { headers: { Range: "bytes=0-*" } }, fault: status(501) },
      { match: { headers: { range: true } }, fault: status(502) },
      { match: { headers: { "X-Key": false } }, fault: status(401) },
      { match: { headers: { "x-key": "a/?/c" } }, fault: status(403) },
    );
    const get = async (headers: Record<string, string>) =>
      (await ask(`${server.urls.LOCAL}/us/us.gif`, { headers })).status;
    expect(await get({ Range: "bytes=0-9" })).toBe(501);
    expect(await get({ Range: "bytes=5-9" })).toBe(502);
    expect(await get({})).toBe(401);
    expect(await get({ "X-Key": "a/b/c" })).toBe(403);
    expect(await get({ "X-Key": "a/bb/c" })).toBe(200);
  });

  test("parameters of the query", async () => {
    await using server = await startWith({
      match: { query: { page: "2", "a b": true } },
      fault: { kind: "status", status: 503 },
    });
    const get = async (query: string) =>
      (await ask(`${server.urls.LOCAL}/us/us.gif${query}`)).status;
    expect(await get("?page=1&page=2&a+b")).toBe(503);
    expect(await get("?page=2&a%20b=x")).toBe(503);
    expect(await get("?page=2")).toBe(200);
    expect(await get("")).toBe(200);
  });
});

describe("fields of replies", () => {
  test("a status fault has others, or more", async () => {
    await using server = await withFault({
      kind: "status",
      status: 401,
      headers: {
        "WWW-Authenticate": 'Basic realm="x"',
        "content-type": "application/problem+json",
        "Set-Cookie": ["a=1", "b=2"],
      },
      body: "{}",
    });
    const { status, headers, body } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    expect([status, body.toString()]).toEqual([401, "{}"]);
    expect(headers).toMatchObject({
      "www-authenticate": 'Basic realm="x"',
      "content-type": "application/problem+json",
      "set-cookie": ["a=1", "b=2"],
      "content-length": "2",
    });
  });

  test("files of one's own have them, also in a 206 and a 304; conditions know their validators", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      files: {
        "/a": {
          body: "abc",
          headers: {
            etag: 'W/"1"',
            "Last-Modified": "Sat, 01 Jan 2000 00:00:00 GMT",
            "Cache-Control": "max-age=5",
            "content-type": "text/x",
            "Content-Language": "de",
          },
        },
      },
    });
    const get = (headers = {}) => ask(`${server.origins.LOCAL}/a`, { headers });
    const shared = { etag: 'W/"1"', "cache-control": "max-age=5" };
    const whole = await get();
    expect(whole.headers).toMatchObject({
      ...shared,
      "content-type": "text/x",
      "content-language": "de",
      "last-modified": "Sat, 01 Jan 2000 00:00:00 GMT",
    });
    const part = await get({ Range: "bytes=1-1" });
    expect([part.status, part.headers["content-type"]]).toEqual([206, "text/x"]);
    expect(part.headers).toMatchObject(shared);
    for (const same of ['W/"1"', '"1"']) {
      const unchanged = await get({ "If-None-Match": same });
      expect(unchanged.status).toBe(304);
      expect(unchanged.headers).toMatchObject(shared);
      expect(unchanged.headers).not.toHaveProperty("content-language");
      // A weak one is never strongly the same.
      expect((await get({ "If-Match": same })).status).toBe(412);
    }
    expect((await get({ "If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT" })).status).toBe(304);
  });

  test.each(["Content-Length", "transfer-encoding", "Connection", "Trailer"])(
    "%s is the server's own",
    async (name) => {
      const headers = { [name]: "5" };
      const rules = [{ fault: { kind: "status", status: 200, headers } as const }];
      const message = `rules[0].fault.headers.${name} must be absent: the server writes it itself`;
      expect(() => startFlagServer({ rules })).toThrow(new RangeError(message));
      expect(() => startFlagServer({ files: { "/a": { body: "", headers } } })).toThrow(
        new RangeError(`files["/a"].headers.${name} must be absent: the server writes it itself`),
      );
    },
  );

  test.each([
    [{ "no name": "x" }, /^files\["\/a"\]\.headers\.no name must match /],
    [{ a: "x\r\ny" }, /^files\["\/a"\]\.headers\.a must match /],
    [{ a: "x", A: "y" }, /^files\["\/a"\]\.headers\.A must be unique/],
    ["x", /^files\["\/a"\]\.headers must be an object/],
  ])("%j are refused", (headers, message) => {
    // @ts-expect-error: wrong on purpose.
    const start = () => startFlagServer({ files: { "/a": { body: "", headers } } });
    expect(start).toThrow(message);
  });
});

describe("informational responses", () => {
  test("come before the right reply, as often as asked for", async () => {
    await using server = await withFault({
      kind: "informational",
      headers: { Link: "</a.css>; rel=preload" },
      times: 2,
      everyMs: 5,
    });
    const outgoing = request(`${server.urls.LOCAL}/us/us.gif`, { agent: false });
    const seen: unknown[] = [];
    outgoing.on("information", ({ statusCode, headers }) =>
      seen.push([statusCode, headers["link"]]),
    );
    outgoing.end();
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    expect((await text(incoming)).length).toBeGreaterThan(0);
    expect([incoming.statusCode, seen]).toEqual([
      200,
      [
        [103, "</a.css>; rel=preload"],
        [103, "</a.css>; rel=preload"],
      ],
    ]);
    expect(server.journal()).toMatchObject([{ fault: "informational", status: 200 }]);
  });

  test("wait for the replies to earlier requests, and later ones come after", async () => {
    await using server = await startWith(
      { match: { codes: ["br"] }, fault: { kind: "delay", delay: 30 } },
      { match: { codes: ["us"] }, fault: { kind: "informational", status: 102 } },
    );
    const head = (code: string, more = "") =>
      `HEAD /flags/${code}/${code}.gif HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
    const requests = head("br") + head("us") + head("cn", "Connection: close\r\n");
    const answer = await readToEnd(await openSocket(server.ports.LOCAL, requests));
    expect(answer.match(/^HTTP.*$/gm)).toEqual(
      ["200 OK", "102 Processing", "200 OK", "200 OK"].map((line) => `HTTP/1.1 ${line}`),
    );
  });

  test("are not for HTTP/1.0", async () => {
    await using server = await withFault({ kind: "informational", status: 103 });
    const socket = await openSocket(server.ports.LOCAL, `HEAD ${PATH} HTTP/1.0\r\n\r\n`);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe("trailers", () => {
  test("come behind the body, in chunks", async () => {
    await using server = await withFault(TRAILERS);
    const outgoing = request(`${server.urls.LOCAL}/us/us.gif`, { agent: false });
    outgoing.end();
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    expect(incoming.headers).toMatchObject({
      trailer: "Server-Timing, Digest",
      "transfer-encoding": "chunked",
    });
    expect(incoming.headers).not.toHaveProperty("content-length");
    await text(incoming);
    expect(incoming.trailers).toEqual({ "server-timing": "cpu;dur=2", digest: "a, b" });
  });

  test("are left out where there is no body, and for HTTP/1.0", async () => {
    await using server = await withFault(TRAILERS);
    const { status, headers } = await ask(`${server.urls.LOCAL}/us/us.gif`, { method: "HEAD" });
    expect([status, headers.trailer]).toEqual([200, undefined]);
    const socket = await openSocket(server.ports.LOCAL, `GET ${PATH} HTTP/1.0\r\n\r\n`);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n(?![^]*Trailer)/);
  });
});

describe("limits.idleTimeoutMs", () => {
  test("closes a connection that is idle, and does not tell before", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL", "ERROR"],
      profile: { rules: [], limits: { listener: "LOCAL", idleTimeoutMs: 30 } },
    });
    const agent = new Agent({ keepAlive: true });
    // Also a connection that had its usual time before.
    server.setRules([], {});
    await ask(`${server.urls.LOCAL}/us/us.gif`, { agent });
    server.reset();
    const usual = await ask(`${server.urls.ERROR}/us/us.gif`, { agent });
    expect(usual.headers["keep-alive"]).toBe("timeout=5");
    const start = performance.now();
    const { headers } = await ask(`${server.urls.LOCAL}/us/us.gif`, { agent });
    expect([headers.connection, headers["keep-alive"]]).toEqual(["keep-alive", undefined]);
    await until(() => server.stats().LOCAL.openConnections === 0);
    expect(server.stats().ERROR.openConnections).toBe(1);
    expect(performance.now() - start).toBeGreaterThan(28);
    server.setRules([], {});
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`, { agent })).headers["keep-alive"]).toBe(
      "timeout=5",
    );
    agent.destroy();
  });

  test("a client that wants to close is not told to stay", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      profile: { rules: [], limits: { idleTimeoutMs: 600_000 } },
    });
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`)).headers.connection).toBe("close");
    const socket = await openSocket(server.ports.LOCAL, `HEAD ${PATH} HTTP/1.0\r\n\r\n`);
    expect(await readToEnd(socket)).toContain("Connection: close\r\n");
  });
});
