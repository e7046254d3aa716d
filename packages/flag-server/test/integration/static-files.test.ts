import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import {
  FLAG_COUNTRY_CODES,
  flagManifest,
  startFlagServer,
  type FlagServer,
} from "../../src/index.js";
import { ask, forEachAtOnce, openSocket, readToEnd } from "../support/http.js";

let server: FlagServer<"LOCAL">;
let flag: string;
let etag: string;
let lastModified: string;
let whole: Buffer;

beforeAll(async () => {
  server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
  flag = `${server.urls.LOCAL}/us/us.gif`;
  const answer = await ask(flag);
  etag = answer.headers.etag ?? "";
  lastModified = answer.headers["last-modified"] ?? "";
  whole = answer.body;
});
afterAll(() => server.stop());

const EARLIER = "Sat, 01 Jan 2000 00:00:00 GMT";
const LATER = "Fri, 01 Jan 2100 00:00:00 GMT";

describe("a flag", () => {
  test("comes whole, with all it takes to keep and check it", async () => {
    const { status, headers, body } = await ask(flag);
    expect(status).toBe(200);
    expect(createHash("sha256").update(body).digest("hex")).toBe(
      flagManifest().flags["US"]?.sha256,
    );
    expect(headers).toMatchObject({
      "content-type": "image/gif",
      "content-length": String(body.length),
      etag: `"${flagManifest().flags["US"]?.sha256}"`,
      "accept-ranges": "bytes",
      "last-modified": new Date(flagManifest().lastModified).toUTCString(),
    });
    expect(Date.parse(headers.date ?? "")).toBeGreaterThanOrEqual(Date.parse(lastModified));
  });

  test("HEAD has the same header and no body", async () => {
    const get = await ask(flag);
    const head = await ask(flag, { method: "HEAD" });
    expect({ ...head.headers, date: "" }).toEqual({ ...get.headers, date: "" });
    expect(head.status).toBe(200);
    expect(head.body).toHaveLength(0);
  });

  test("all 194 are there, with their metadata", async () => {
    const { flags } = flagManifest();
    await forEachAtOnce(FLAG_COUNTRY_CODES, 20, async (code) => {
      const base = `${server.urls.LOCAL}/${code.toLowerCase()}`;
      const image = await ask(`${base}/${code.toLowerCase()}.gif`);
      expect(image.body).toHaveLength(flags[code]?.bytes ?? -1);
      const metadata = await ask(`${base}/metadata.json`);
      expect(metadata.headers["content-type"]).toBe("application/json");
      expect(JSON.parse(metadata.body.toString())).toMatchObject({
        iso_cc: code,
        country: flags[code]?.country,
      });
    });
  });
});

describe("conditions", () => {
  const conditions: [status: number, name: string, headers: () => Record<string, string>][] = [
    [304, "If-None-Match with the tag", () => ({ "if-none-match": etag })],
    [304, "If-None-Match with the weak tag", () => ({ "if-none-match": `W/${etag}` })],
    [304, "If-None-Match with a list", () => ({ "if-none-match": `"a,b", ${etag}` })],
    [304, "If-None-Match *", () => ({ "if-none-match": "*" })],
    [200, "If-None-Match with another tag", () => ({ "if-none-match": '"other"' })],
    [200, "If-None-Match without quotes", () => ({ "if-none-match": etag.slice(1, -1) })],
    [304, "If-Modified-Since the date", () => ({ "if-modified-since": lastModified })],
    [304, "If-Modified-Since a later date", () => ({ "if-modified-since": LATER })],
    [200, "If-Modified-Since an earlier date", () => ({ "if-modified-since": EARLIER })],
    [200, "If-Modified-Since no date", () => ({ "if-modified-since": "2100" })],
    [
      200,
      "another tag, although the date would match",
      () => ({ "if-none-match": '"other"', "if-modified-since": lastModified }),
    ],
    [
      304,
      "the tag, although the date is earlier",
      () => ({ "if-none-match": etag, "if-modified-since": EARLIER }),
    ],
    [200, "If-Match with the tag", () => ({ "if-match": `"x", ${etag}` })],
    [200, "If-Match *", () => ({ "if-match": "*" })],
    [412, "If-Match with another tag", () => ({ "if-match": '"other"' })],
    [412, "If-Match with the weak tag", () => ({ "if-match": `W/${etag}` })],
    [412, "If-Unmodified-Since an earlier date", () => ({ "if-unmodified-since": EARLIER })],
    [200, "If-Unmodified-Since the date", () => ({ "if-unmodified-since": lastModified })],
    [
      200,
      "If-Match with the tag, although the date is earlier",
      () => ({ "if-match": etag, "if-unmodified-since": EARLIER }),
    ],
  ];

  test.each(conditions)("%d for %s", async (status, _name, headers) => {
    for (const method of ["GET", "HEAD"]) {
      const answer = await ask(flag, { method, headers: headers() });
      expect(answer.status).toBe(status);
    }
  });

  test("304 keeps the tag and has no body", async () => {
    const { headers, body } = await ask(flag, { headers: { "if-none-match": etag } });
    expect(headers).toMatchObject({ etag, "last-modified": lastModified });
    expect(headers).not.toHaveProperty("content-type");
    expect(body).toHaveLength(0);
  });
});

describe("ranges", () => {
  test.each([
    ["bytes=0-5", 0, 6],
    ["bytes=100-", 100, undefined],
    ["bytes=-10", -10, undefined],
    ["bytes=7-999999", 7, undefined],
  ])("206 for %s", async (range, from, to) => {
    const { status, headers, body } = await ask(flag, { headers: { range } });
    const part = whole.subarray(from, to);
    const first = from < 0 ? whole.length + from : from;
    expect(status).toBe(206);
    expect(body.equals(part)).toBe(true);
    expect(headers).toMatchObject({
      "content-length": String(part.length),
      "content-range": `bytes ${first}-${first + part.length - 1}/${whole.length}`,
      "content-type": "image/gif",
      etag,
    });
  });

  test("416 with the size for a range beyond the end", async () => {
    const answer = await ask(flag, { headers: { range: `bytes=${whole.length}-` } });
    expect(answer.status).toBe(416);
    expect(answer.headers["content-range"]).toBe(`bytes */${whole.length}`);
  });

  test.each([["bytes=0-1,4-5"], ["bytes=5-2"], ["items=0-1"], ["bytes=x"]])(
    "the whole flag for %s",
    async (range) => {
      const { status, body } = await ask(flag, { headers: { range } });
      expect(status).toBe(200);
      expect(body.equals(whole)).toBe(true);
    },
  );

  test("HEAD ignores a range", async () => {
    const answer = await ask(flag, { method: "HEAD", headers: { range: "bytes=0-1" } });
    expect(answer.status).toBe(200);
    expect(answer.headers["content-length"]).toBe(String(whole.length));
  });

  const conditions: [status: number, name: string, ifRange: () => string][] = [
    [206, "the tag", () => etag],
    [206, "the date", () => lastModified],
    [200, "another tag", () => '"other"'],
    [200, "the weak tag", () => `W/${etag}`],
    [200, "a later date", () => LATER],
  ];
  test.each(conditions)("%d when If-Range is %s", async (status, _name, ifRange) => {
    const headers = { range: "bytes=0-1", "if-range": ifRange() };
    expect((await ask(flag, { headers })).status).toBe(status);
  });

  test("a satisfied If-None-Match comes before the range", async () => {
    const headers = { range: "bytes=0-1", "if-none-match": etag };
    expect((await ask(flag, { headers })).status).toBe(304);
  });
});

describe("other requests", () => {
  test.each([["POST"], ["PUT"], ["DELETE"], ["OPTIONS"], ["PATCH"]])(
    "405 with the methods that are allowed for %s",
    async (method) => {
      const answer = await ask(flag, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toBe("GET, HEAD");
    },
  );

  test.each([
    ["/flags/xx/xx.gif"],
    ["/flags/US/US.gif"],
    ["/flags/us/br.gif"],
    ["/flags/us"],
    ["/flags/us/us.gif/"],
    ["/"],
    ["/flags/../flags/us/us.gif"],
    ["/flags/%2e%2e/manifest.json"],
    ["/flags%2Fus%2Fus.gif"],
    ["/__proto__"],
  ])("404 with a short body for %s", async (path) => {
    const reply = await raw(`GET ${path} HTTP/1.1`);
    expect(reply).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(reply).toMatch(/\r\n\r\n404 Not Found\n$/);
  });

  test.each([
    ["/flags/us/us.gif?size=2&x=%zz"],
    ["http://example.test/flags/us/us.gif"],
    ["/flags/%75s/us.gif"],
  ])("200 for %s, another way to write the path", async (path) => {
    expect(await raw(`GET ${path} HTTP/1.1`)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test.each([["/flags/%zz"], ["/%ff"], ["*"], ["http://example.test"], ["flags/us/us.gif"]])(
    "400 for the target %s",
    async (path) => {
      expect(await raw(`GET ${path} HTTP/1.1`)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    },
  );

  test.each([
    ["no HTTP at all", "hello\r\n\r\n", 400],
    ["a missing Host", "GET /flags/us/us.gif HTTP/1.1\r\n\r\n", 400],
    ["a header line without a colon", "GET / HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n", 400],
    [
      "a header beyond 16 KiB",
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(20_000)}\r\n\r\n`,
      431,
    ],
  ])("a connection with %s is answered and closed", async (_name, text, status) => {
    const reply = await readToEnd(await openSocket(server.ports.LOCAL, text));
    expect(reply.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect((await ask(flag)).status).toBe(200);
  });

  test("a body that nobody reads does not spoil the next request of the connection", async () => {
    const reply = await raw(
      "POST /flags/us/us.gif HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbodyGET /none HTTP/1.1",
    );
    expect(reply.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 405", "HTTP/1.1 404"]);
  });

  async function raw(requestLine: string): Promise<string> {
    const text = `${requestLine}\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    return readToEnd(await openSocket(server.ports.LOCAL, text));
  }
});
