import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { startFlagServer, type FlagServer } from "../../src/index.js";
import { openSocket, readToEnd } from "../support/http.js";
import { until } from "../support/processes.js";

// What RFC 9110 and RFC 9112 ask of an origin server, byte by byte on a plain connection.

let server: FlagServer<"LOCAL">;

beforeAll(async () => {
  server = await startFlagServer({
    port: 0,
    listeners: ["LOCAL"],
    graceMs: 0,
    files: { "/a": "0123456789", "/empty": "" },
  });
});
afterAll(() => server.stop());

/** Sends these bytes and gives all that comes back until the server closes. */
async function exchange(bytes: string): Promise<string> {
  const socket = await openSocket(server.ports.LOCAL, bytes);
  return readToEnd(socket);
}

function lines(...all: string[]): string {
  return [...all, "Connection: close", "", ""].join("\r\n");
}

/** The status lines of an answer; there is none in the bodies here. */
function statuses(answer: string): string[] {
  return Array.from(answer.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status = ""]) => status);
}

const HOST = "Host: localhost";

describe("RFC 9112", () => {
  test.each<[section: string, request: string[], status: string]>([
    [
      "2.2: an empty line before the request line is passed over",
      ["", "GET /a HTTP/1.1", HOST],
      "200",
    ],
    ["3: no method", ["/a HTTP/1.1", HOST], "400"],
    ["3: white space in the target", ["GET /a b HTTP/1.1", HOST], "400"],
    ["3.2: no Host", ["GET /a HTTP/1.1"], "400"],
    ["3.2: two Host fields", ["GET /a HTTP/1.1", HOST, "Host: other"], "400"],
    ["3.2: two Host fields that agree", ["GET /a HTTP/1.1", HOST, HOST], "400"],
    ["3.2: two Host fields, one of them empty", ["GET /a HTTP/1.1", "Host:", HOST], "400"],
    ["3.2: two values in one Host field", ["GET /a HTTP/1.1", "Host: a, b"], "400"],
    ["3.2: white space in Host", ["GET /a HTTP/1.1", "Host: local host"], "400"],
    ["3.2: a URL in Host", ["GET /a HTTP/1.1", "Host: http://localhost"], "400"],
    ["3.2: user information in Host", ["GET /a HTTP/1.1", "Host: me@localhost"], "400"],
    ["3.2: a path in Host", ["GET /a HTTP/1.1", "Host: localhost/a"], "400"],
    ["3.2: a port that is no number", ["GET /a HTTP/1.1", "Host: localhost:http"], "400"],
    ["3.2: two ports", ["GET /a HTTP/1.1", "Host: localhost:1:2"], "400"],
    ["3.2: a broken IPv6 address", ["GET /a HTTP/1.1", "Host: [::1"], "400"],
    ["3.2: no address in brackets", ["GET /a HTTP/1.1", "Host: [localhost]"], "400"],
    ["3.2: a broken escape in Host", ["GET /a HTTP/1.1", "Host: a%zz"], "400"],
    [
      "3.2: a malformed Host is refused in the absolute form too",
      ["GET http://x/a HTTP/1.1", "Host: a b"],
      "400",
    ],
    ["3.2: an empty Host", ["GET /a HTTP/1.1", "Host:"], "200"],
    ["3.2: an IPv6 address with a port", ["GET /a HTTP/1.1", "Host: [::1]:8001"], "200"],
    [
      "3.2: a name with an escape and an empty port",
      ["GET /a HTTP/1.1", "Host: %41.example:"],
      "200",
    ],
    [
      "3.2: a field that only looks like Host",
      ["GET /a HTTP/1.1", HOST, "Hosts: b", "X-Host: c d"],
      "200",
    ],
    ["3.2: HTTP/1.0 may do without Host", ["GET /a HTTP/1.0"], "200"],
    ["3.2: HTTP/1.0 may not have two", ["GET /a HTTP/1.0", HOST, HOST], "400"],
    [
      "3.2.2: the absolute form",
      ["GET http://example.test/a HTTP/1.1", "Host: example.test"],
      "200",
    ],
    [
      "3.2.2: the absolute form, in capitals, with a query",
      ["GET HTTP://example.test/a?b HTTP/1.1", HOST],
      "200",
    ],
    ["5.1: a space before the colon", ["GET /a HTTP/1.1", HOST, "X : y"], "400"],
    [
      "6.1: a length and chunks",
      ["GET /a HTTP/1.1", HOST, "Content-Length: 1", "Transfer-Encoding: chunked"],
      "400",
    ],
    [
      "6.1: chunked is not the last coding",
      ["POST /a HTTP/1.1", HOST, "Transfer-Encoding: chunked, gzip"],
      "400",
    ],
    ["6.3: a length that is none", ["POST /a HTTP/1.1", HOST, "Content-Length: x"], "400"],
    ["6.3: a negative length", ["POST /a HTTP/1.1", HOST, "Content-Length: -1"], "400"],
    [
      "6.3: two lengths that differ",
      ["POST /a HTTP/1.1", HOST, "Content-Length: 0", "Content-Length: 1"],
      "400",
    ],
  ])("%s", async (_section, request, status) => {
    expect(statuses(await exchange(lines(...request)))).toEqual([status]);
  });

  test("7.1: chunks with extensions and trailers are read, and the next request after them", async () => {
    const chunked = ["POST /a HTTP/1.1", HOST, "Transfer-Encoding: chunked", "", "3;x=y", "abc"];
    const text = [...chunked, "0", "X-Trailer: 1", "", "GET /a HTTP/1.1", HOST].join("\r\n");
    const answer = await exchange(`${text}\r\nConnection: close\r\n\r\n`);
    expect(statuses(answer)).toEqual(["405", "200"]);
    expect(answer.endsWith("\r\n\r\n0123456789")).toBe(true);
    expect(server.journal({ path: "/a", method: "POST" }).at(-1)).toMatchObject({
      requestBody: "abc",
      requestBodyBytes: 3,
    });
  });

  test("5.2: a folded line is refused, or taken with a space in place of the break", async () => {
    const answer = await exchange(lines("GET /a HTTP/1.1", HOST, "X: y", " z"));
    expect(["200", "400"]).toContain(statuses(answer).join());
  });

  test("7.1: a chunk whose size is no number", async () => {
    const head = `POST /a HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect(statuses(await exchange(`${head}xyz\r\n`))).toEqual(["400"]);
  });

  test("9.3: a connection is kept in 1.1, and closed in 1.0 or when it is asked for", async () => {
    const socket = await openSocket(server.ports.LOCAL, `HEAD /a HTTP/1.1\r\n${HOST}\r\n\r\n`);
    const before = server.stats().LOCAL.requests;
    await until(() => server.stats().LOCAL.requests === before + 1 || socket.bytesRead > 0);
    socket.write(lines("HEAD /a HTTP/1.1", HOST));
    expect(statuses(await readToEnd(socket)).at(-1)).toBe("200");
    expect(await exchange("HEAD /a HTTP/1.0\r\n\r\n")).toContain("Connection: close\r\n");
  });

  test("9.3.2: requests that come at once are answered in their order", async () => {
    const all = ["/a", "/missing", "/empty"].map(
      (path) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n\r\n`,
    );
    const answer = await exchange(all.join("") + lines("HEAD /a HTTP/1.1", HOST));
    expect(statuses(answer)).toEqual(["200", "404", "200", "200"]);
  });
});

describe("RFC 9110", () => {
  test.each<[section: string, request: string[], status: string, has: RegExp, hasNot: RegExp]>([
    [
      "6.6.1: Date",
      ["GET /a HTTP/1.1", HOST],
      "200",
      /^Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r$/m,
      /^$/,
    ],
    [
      "8.6: the length of a body",
      ["GET /a HTTP/1.1", HOST],
      "200",
      /^Content-Length: 10\r$/m,
      /Transfer-Encoding/,
    ],
    [
      "8.6: an empty body has a length as well",
      ["GET /empty HTTP/1.1", HOST],
      "200",
      /^Content-Length: 0\r$/m,
      /Transfer/,
    ],
    [
      "9.3.2: HEAD has the fields of GET and no body",
      ["HEAD /a HTTP/1.1", HOST],
      "200",
      /^Content-Length: 10\r$/m,
      /0123/,
    ],
    [
      "10.2.1: 405 names the methods",
      ["DELETE /a HTTP/1.1", HOST],
      "405",
      /^Allow: GET, HEAD\r$/m,
      /0123/,
    ],
    [
      "13.1.2: If-None-Match: *",
      ["GET /a HTTP/1.1", HOST, "If-None-Match: *"],
      "304",
      /^ETag: "/m,
      /^Content-(Length|Type)/m,
    ],
    [
      "13.1.1: If-Match that fails",
      ["GET /a HTTP/1.1", HOST, 'If-Match: "x"'],
      "412",
      /^Content-Length: /m,
      /0123/,
    ],
    [
      "14.2: a range",
      ["GET /a HTTP/1.1", HOST, "Range: bytes=2-4"],
      "206",
      /^Content-Range: bytes 2-4\/10\r\n[^]*\r\n\r\n234$/m,
      /2345/,
    ],
    [
      "14.2: the last bytes",
      ["GET /a HTTP/1.1", HOST, "Range: bytes=-3"],
      "206",
      /\r\n\r\n789$/,
      /6789/,
    ],
    [
      "14.2: a range is for GET alone",
      ["HEAD /a HTTP/1.1", HOST, "Range: bytes=0-1"],
      "200",
      /^Content-Length: 10\r$/m,
      /Content-Range/,
    ],
    [
      "14.2: another unit is passed over",
      ["GET /a HTTP/1.1", HOST, "Range: lines=1-2"],
      "200",
      /0123456789$/,
      /Content-Range/,
    ],
    [
      "14.2: a range behind the end",
      ["GET /a HTTP/1.1", HOST, "Range: bytes=10-"],
      "416",
      /^Content-Range: bytes \*\/10\r$/m,
      /0123/,
    ],
    [
      "13.1.5: If-Range that fails",
      ["GET /a HTTP/1.1", HOST, "Range: bytes=0-1", 'If-Range: "x"'],
      "200",
      /0123456789$/,
      /Content-Range/,
    ],
    [
      "13.2.1: a method that is refused is so whatever the condition",
      ["PUT /a HTTP/1.1", HOST, "If-None-Match: *"],
      "405",
      /^Allow/m,
      /ETag/,
    ],
  ])("%s", async (_section, request, status, has, hasNot) => {
    const answer = await exchange(lines(...request));
    expect(statuses(answer)).toEqual([status]);
    expect(answer).toMatch(has);
    expect(answer.trimEnd()).not.toMatch(hasNot);
  });

  test("10.1.1: Expect: 100-continue gets a 100 before the body is sent; another one is 417", async () => {
    const head = ["POST /a HTTP/1.1", HOST, "Content-Length: 3", "Connection: close"].join("\r\n");
    const socket = await openSocket(server.ports.LOCAL, `${head}\r\nExpect: 100-continue\r\n\r\n`);
    await until(() => socket.bytesRead > 0);
    socket.write("abc");
    expect(statuses(await readToEnd(socket))).toEqual(["100", "405"]);
    expect(statuses(await exchange(lines("GET /a HTTP/1.1", HOST, "Expect: magic")))).toEqual([
      "417",
    ]);
  });

  test("15.2: no informational response goes to HTTP/1.0, and 15.4.5, 15.3.5, 15.3.6: no content", async () => {
    for (const status of [204, 205, 304]) {
      server.setRules([{ fault: { kind: "status", status, body: "content" } }]);
      const answer = await exchange(lines("GET /a HTTP/1.1", HOST));
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*\\r\\n\\r\\n$`));
      expect(answer).not.toContain("content\r\n");
    }
    server.setRules([{ fault: { kind: "informational" } }]);
    expect(statuses(await exchange("GET /a HTTP/1.0\r\n\r\n"))).toEqual(["200"]);
    server.reset();
  });
});
