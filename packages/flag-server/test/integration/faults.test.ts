import { Agent } from "node:http";
import { gunzipSync } from "node:zlib";

import { describe, expect, test } from "@jest/globals";

import { flagManifest, startFlagServer, type Fault, type FlagServer } from "../../src/index.js";
import { ask, openSocket, readToEnd } from "../support/http.js";
import { until } from "../support/processes.js";

const PATH = "/flags/us/us.gif";
const BYTES = flagManifest().flags["US"]?.bytes ?? 0;

function startWith(fault: Fault): Promise<FlagServer<"LOCAL">> {
  return startFlagServer({ port: 0, listeners: ["LOCAL"], rules: [{ fault }] });
}

interface RawReply {
  readonly head: string;
  readonly body: string;
  readonly error: string;
}

/** Unpacks and gives the number of bytes, or says what is wrong. */
function unpack(packed: Buffer): string {
  try {
    return String(gunzipSync(packed).length);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Reads the bytes of a reply as they come, until the server ends the connection in whatever way. */
async function raw(server: FlagServer<"LOCAL">, method = "GET"): Promise<RawReply> {
  const socket = await openSocket(server.ports.LOCAL);
  let error = "";
  socket.on("error", (cause: NodeJS.ErrnoException) => (error = cause.code ?? ""));
  socket.write(`${method} ${PATH} HTTP/1.1\r\nHost: localhost:${server.ports.LOCAL}\r\n\r\n`);
  const text = await readToEnd(socket);
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return { head: text, body: "", error };
  return { head: text.slice(0, end + 4), body: text.slice(end + 4), error };
}

describe("faults of the connection", () => {
  test("reset: not a byte, and the connection is reset", async () => {
    await using server = await startWith({ kind: "reset" });
    expect(await raw(server)).toEqual({ head: "", body: "", error: "ECONNRESET" });
    expect(server.journal()).toMatchObject([
      { rule: "rule-1", fault: "reset", status: 0, outcome: "sent", bodyBytes: 0 },
    ]);
  });

  test("reset after some bytes: the head, these bytes, then the reset", async () => {
    await using server = await startWith({ kind: "reset", afterBytes: 100 });
    // On a busy machine a reset may arrive along with the bytes, and Node then reports an end.
    for (let error = ""; error !== "ECONNRESET";) {
      const reply = await raw(server);
      expect(reply.head).toContain(`Content-Length: ${BYTES}\r\n`);
      expect(reply.body).toHaveLength(100);
      ({ error } = reply);
    }
  });

  test("truncate: half of the promised bytes, and a close in good order", async () => {
    await using server = await startWith({ kind: "truncate" });
    const { head, body, error } = await raw(server);
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toContain(`Content-Length: ${BYTES}\r\n`);
    expect(body).toHaveLength(Math.floor(BYTES / 2));
    expect(error).toBe("");
    await expect(ask(`${server.urls.LOCAL}/us/us.gif`)).rejects.toThrow("aborted");
  });

  test("truncate, chunked: a whole chunk, but no last one", async () => {
    await using server = await startWith({ kind: "truncate", framing: "chunked", afterBytes: 10 });
    const { head, body, error } = await raw(server);
    expect(head).toContain("Transfer-Encoding: chunked\r\n");
    expect(head).not.toContain("Content-Length");
    expect(body).toMatch(/^a\r\nGIF89a[^]{4}\r\n$/);
    expect(error).toBe("");
    await expect(ask(`${server.urls.LOCAL}/us/us.gif`)).rejects.toThrow("aborted");
  });

  test("truncate until close: nothing tells the client that bytes are missing", async () => {
    await using server = await startWith({
      kind: "truncate",
      framing: "close",
      afterBytes: 999_999,
    });
    const { status, headers, body } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty("content-length");
    expect(headers.connection).toBe("close");
    // A body that is as long as it should be would be no fault.
    expect(body).toHaveLength(BYTES - 1);
  });

  test.each([
    ["headers", /^$/],
    ["mid-headers", /^HTTP\/1\.1 200 OK\r\n(?![^]*\r\n\r\n)/],
    ["body", /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nGIF89a/],
  ] as const)("hang at %s: silence until the server stops", async (at, expected) => {
    const server = await startWith({ kind: "hang", at });
    const reply = raw(server);
    await until(() => server.stats().LOCAL.requests === 1);
    // A second connection whose reply is complete shows that the first had its time.
    server.setRules([]);
    await ask(`${server.urls.LOCAL}/us/us.gif`);
    expect(server.stats().LOCAL.concurrentRequests).toBe(1);
    await server.stop();
    const { head, body } = await reply;
    expect(head + body).toMatch(expected);
    expect(server.journal()[0]).toMatchObject({ fault: "hang", outcome: "aborted" });
  });

  test("garbage: no status line", async () => {
    await using server = await startWith({ kind: "garbage" });
    expect((await raw(server)).head).toBe("*** not http ***\r\n\r\n");
    await expect(ask(`${server.urls.LOCAL}/us/us.gif`)).rejects.toThrow("Parse Error");
  });

  test.each([[7], [-7]])(
    "wrong-length: promises %d bytes more than it sends",
    async (differenceBytes) => {
      await using server = await startWith({ kind: "wrong-length", differenceBytes });
      const { head, body } = await raw(server);
      expect(head).toContain(`Content-Length: ${BYTES + differenceBytes}\r\n`);
      expect(body).toHaveLength(BYTES);
    },
  );

  test("drip: all bytes in pieces", async () => {
    await using server = await startWith({ kind: "drip", bytes: 1000, everyMs: 1 });
    const { status, headers, body } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    expect([status, body.length]).toEqual([200, BYTES]);
    expect(headers["content-length"]).toBe(String(BYTES));
    expect(server.journal()).toMatchObject([{ fault: "drip", outcome: "sent", bodyBytes: BYTES }]);
  });

  test("drip: a stop sends the rest at once", async () => {
    await using server = await startWith({ kind: "drip", bytes: 1, everyMs: 600_000 });
    const reply = ask(`${server.urls.LOCAL}/us/us.gif`);
    await until(() => (server.journal()[0]?.bodyBytes ?? 0) > 0);
    expect(server.journal()[0]).toMatchObject({ bodyBytes: 1, outcome: "open" });
    await server.stop();
    expect((await reply).body).toHaveLength(BYTES);
  });

  test("slow-accept: what was sent meanwhile is answered in the end", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      rules: [{ name: "slow", match: { attempt: 1 }, fault: { kind: "slow-accept", delay: 100 } }],
    });
    const start = performance.now();
    const first = ask(`${server.urls.LOCAL}/us/us.gif`);
    await until(() => server.stats().LOCAL.openConnections === 1);
    const second = await ask(`${server.urls.LOCAL}/br/br.gif`);
    expect(second.status).toBe(200);
    expect((await first).body).toHaveLength(BYTES);
    expect(performance.now() - start).toBeGreaterThan(98);
  });

  test.each<Fault>([
    { kind: "reset", afterBytes: 0 },
    { kind: "truncate" },
    { kind: "garbage" },
    { kind: "wrong-length", differenceBytes: 1 },
  ])("%j: replies to earlier requests of the same connection come first, whole", async (fault) => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      rules: [
        { match: { codes: ["br"] }, fault: { kind: "delay", delay: 30 } },
        { match: { codes: ["us"] }, fault },
      ],
    });
    const brazil = flagManifest().flags["BR"]?.bytes ?? 0;
    const requests = ["br", "us", "cn"].map(
      (cc) => `GET /flags/${cc}/${cc}.gif HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    const socket = await openSocket(server.ports.LOCAL, requests.join(""));
    const text = await readToEnd(socket);
    const body = text.indexOf("\r\n\r\n") + 4;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text.slice(body, body + 6)).toBe("GIF89a");
    expect(text.length).toBeGreaterThanOrEqual(body + brazil);
    // The third request is never answered: its connection is used up.
    expect(text.slice(body + brazil).match(/HTTP\/1\.1 /g) ?? []).toHaveLength(
      fault.kind === "garbage" ? 0 : 1,
    );
    await until(() => server.stats().LOCAL.concurrentRequests === 0);
  });
});

describe("faults of the reply", () => {
  test("status: one of several, with Retry-After in seconds, on a connection that stays", async () => {
    await using server = await startWith({ kind: "status", status: [429], retryAfterSeconds: 2 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { status, headers } = await ask(`${server.urls.LOCAL}/us/us.gif`, { agent });
    expect([status, headers["retry-after"]]).toEqual([429, "2"]);
    await ask(`${server.urls.LOCAL}/us/us.gif`, { agent });
    expect(server.stats().LOCAL).toMatchObject({ requests: 2, newConnections: 1 });
    agent.destroy();
  });

  test("status: Retry-After as a date that is not too early", async () => {
    await using server = await startWith({
      kind: "status",
      status: 503,
      retryAfterSeconds: 60,
      retryAfterFormat: "date",
      body: "later",
    });
    const before = Date.now();
    const { status, headers, body } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    const date = Date.parse(headers["retry-after"] ?? "");
    expect(date).toBeGreaterThanOrEqual(before + 60_000);
    expect(date).toBeLessThan(before + 90_000);
    expect([status, body.toString()]).toEqual([503, "later"]);
  });

  test("status 204 has no body", async () => {
    await using server = await startWith({ kind: "status", status: 204 });
    expect(await ask(`${server.urls.LOCAL}/us/us.gif`)).toMatchObject({ status: 204 });
  });

  test("status 205 has no body, and its end can be seen", async () => {
    await using server = await startWith({ kind: "status", status: 205, body: "no" });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const expected of [1, 2]) {
      const { status, headers, body } = await ask(`${server.urls.LOCAL}/us/us.gif`, { agent });
      expect([status, headers["content-length"], body.length]).toEqual([205, "0", 0]);
      expect(headers).not.toHaveProperty("content-type");
      expect(server.stats().LOCAL).toMatchObject({ requests: expected, newConnections: 1 });
    }
    agent.destroy();
  });

  test("status 304 has no body, and the validators of the file", async () => {
    await using server = await startWith({ kind: "status", status: 304 });
    const faulty = await ask(`${server.urls.LOCAL}/us/us.gif`);
    server.setRules([]);
    const { headers } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    expect([faulty.status, faulty.body.length]).toEqual([304, 0]);
    expect(faulty.headers).toMatchObject({
      etag: headers.etag,
      "last-modified": headers["last-modified"],
    });
    expect(faulty.headers).not.toHaveProperty("content-type");
  });

  test.each<Fault>([
    { kind: "gzip" },
    { kind: "content-type" },
    { kind: "bad-trailer" },
    { kind: "truncate" },
    { kind: "truncate", framing: "chunked" },
    { kind: "drip", bytes: 1, everyMs: 1 },
    { kind: "wrong-length", differenceBytes: 5 },
    { kind: "hang", at: "body" },
  ])("%j: a 304 has no body to harm, and keeps its validators", async (fault) => {
    await using server = await startWith(fault);
    server.setRules([]);
    const { headers } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    server.reset();
    const { status, ...reply } = await ask(`${server.urls.LOCAL}/us/us.gif`, {
      headers: { "If-None-Match": headers.etag ?? "" },
    });
    expect([status, reply.body.length, reply.headers.etag]).toEqual([304, 0, headers.etag]);
    for (const name of ["content-encoding", "content-type", "content-length"]) {
      expect(reply.headers).not.toHaveProperty(name);
    }
  });

  test("html: a page with status 200", async () => {
    await using server = await startWith({ kind: "html" });
    const { status, headers, body } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(body.toString()).toMatch(/^<!DOCTYPE html>/);
  });

  test("content-type: the right bytes under another type", async () => {
    await using server = await startWith({ kind: "content-type", contentType: "text/plain" });
    const { headers, body } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    expect([headers["content-type"], body.length]).toEqual(["text/plain", BYTES]);
  });

  test("bad-trailer: only the last byte is another, and the file itself stays as it is", async () => {
    await using server = await startWith({ kind: "bad-trailer" });
    const harmed = (await ask(`${server.urls.LOCAL}/us/us.gif`)).body;
    server.setRules([]);
    const sound = (await ask(`${server.urls.LOCAL}/us/us.gif`)).body;
    expect(sound.at(-1)).toBe(0x3b);
    expect(harmed.at(-1)).toBe(0xc4);
    expect(harmed.subarray(0, -1).equals(sound.subarray(0, -1))).toBe(true);
  });

  test.each([
    ["none", String(BYTES)],
    ["checksum", "incorrect data check"],
    ["truncated", "unexpected end of file"],
    ["garbage", "incorrect header check"],
  ] as const)("gzip, %s", async (damage, message) => {
    await using server = await startWith({ kind: "gzip", damage });
    const { headers, body } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    expect(headers["content-encoding"]).toBe("gzip");
    expect(headers["content-length"]).toBe(String(body.length));
    expect(headers).not.toHaveProperty("etag");
    expect(unpack(body)).toBe(message);
  });

  test.each([
    ["itself", (_port: number) => PATH],
    ["other-host", (port: number) => `http://127.0.0.1:${port}${PATH}`],
    ["other-scheme", (port: number) => `https://localhost:${port}${PATH}`],
    ["/elsewhere", (_port: number) => "/elsewhere"],
    ["http://flags.invalid/us.gif", (_port: number) => "http://flags.invalid/us.gif"],
  ])("redirect to %s", async (to, expected) => {
    await using server = await startWith({ kind: "redirect", to, status: 307 });
    const { status, headers } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    expect([status, headers.location]).toEqual([307, expected(server.ports.LOCAL)]);
  });

  test("redirect to another host: the other name leads to the same server", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      rules: [{ match: { attempt: 1 }, fault: { kind: "redirect", to: "other-host" } }],
    });
    const reply = await fetch(`http://127.0.0.1:${server.ports.LOCAL}${PATH}`);
    expect(reply.url).toBe(`http://localhost:${server.ports.LOCAL}${PATH}`);
    expect((await reply.arrayBuffer()).byteLength).toBe(BYTES);
  });

  test("delay before the body: the head comes first", async () => {
    await using server = await startWith({ kind: "delay", delay: { ms: 600_000, before: "body" } });
    const reply = await fetch(`${server.urls.LOCAL}/us/us.gif`);
    expect(reply.status).toBe(200);
    expect(server.journal()[0]).toMatchObject({ status: 200, bodyBytes: 0, outcome: "open" });
    await server.stop();
    expect((await reply.arrayBuffer()).byteLength).toBe(BYTES);
  });

  test.each<Fault>([
    { kind: "truncate" },
    { kind: "drip", bytes: 10, everyMs: 1 },
    { kind: "hang", at: "body" },
    { kind: "wrong-length", differenceBytes: 5 },
    { kind: "delay", delay: { ms: 20, before: "body" } },
    { kind: "gzip" },
    { kind: "html" },
  ])("%j: HEAD has no body to harm, and gets its head", async (fault) => {
    await using server = await startWith(fault);
    const { status, body } = await ask(`${server.urls.LOCAL}/us/us.gif`, { method: "HEAD" });
    expect([status, body.length]).toEqual([200, 0]);
  });
});
