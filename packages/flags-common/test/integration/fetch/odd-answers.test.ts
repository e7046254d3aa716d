import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { fetchFlag } from "../../../src/fetch/fetch-flag.js";
import { createFlagClient, type FlagClientOptions } from "../../../src/fetch/flag-client.js";
import { sendGif, serveHttp, serveRaw, TINY_GIF } from "../../fixtures/servers.js";

/** No limit can be met before the test's own. */
const patient: FlagClientOptions = {
  connectTimeoutMs: 600_000,
  idleTimeoutMs: 600_000,
  totalTimeoutMs: 600_000,
};

async function fetchRaw(answer: (socket: Socket) => void, options: FlagClientOptions = {}) {
  await using server = await serveRaw(answer);
  using client = createFlagClient({ ...patient, ...options });
  return await fetchFlag(server.baseUrl, "US", { client });
}

const GIF_HEAD = `Content-Length: ${TINY_GIF.length}\r\n`;

describe("the head of an answer decides, without a wait for more", () => {
  test.each([
    ["with Upgrade", "Upgrade: websocket\r\nConnection: Upgrade\r\n"],
    ["without Upgrade", ""],
  ])("D9: 101 %s is an error at once", async (_name, headers) => {
    const result = await fetchRaw((socket) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`);
    });
    expect(result).toMatchObject({
      code: "HTTP_STATUS",
      httpStatus: 101,
      reason: "HTTP 101 - Switching Protocols",
    });
  });

  test("D9: other answers of 1xx are passed over", async () => {
    const result = await fetchRaw((socket) => {
      socket.write("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
      socket.write(`HTTP/1.1 200 OK\r\n${GIF_HEAD}\r\n`);
      socket.end(TINY_GIF);
    });
    expect(result).toMatchObject({ status: "ok" });
  });

  test.each([`${10 * 2 ** 30}`, "1048577"])(
    "D11: Content-Length %s is too large",
    async (length) => {
      const result = await fetchRaw((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\nGIF89a`);
      });
      expect(result).toMatchObject({
        code: "TOO_LARGE",
        reason: "body is larger than 1048576 bytes",
      });
    },
  );

  const hanging = [
    "Content-Length: 50\r\n\r\npart",
    "Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
    "\r\n",
  ];

  test.each(hanging)("D22: a 404 is one, though its body hangs: %j", async (rest) => {
    const result = await fetchRaw((socket) => {
      socket.write(`HTTP/1.1 404 Not Found\r\n${rest}`);
    });
    expect(result).toEqual({ status: "notFound", cc: "US" });
  });

  test("D22: a 404 is one, though its body is larger than any file may be", async () => {
    const result = await fetchRaw(
      (socket) => {
        socket.write(`HTTP/1.1 404 Not Found\r\nContent-Length: ${2 ** 33}\r\n\r\n`);
        socket.write(Buffer.alloc(100_000));
      },
      { maxBytes: 100 },
    );
    expect(result).toEqual({ status: "notFound", cc: "US" });
  });

  test.each(hanging)("D22: so is any other status: %j", async (rest) => {
    const result = await fetchRaw((socket) => {
      socket.write(`HTTP/1.1 503 Nope\r\nRetry-After: 3\r\n${rest}`);
    });
    expect(result).toMatchObject({ code: "HTTP_STATUS", reason: "HTTP 503 - Nope" });
  });
});

describe("odd headers", () => {
  test("D14: one of 20 kB is taken", async () => {
    const result = await fetchRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nSet-Cookie: a=${"x".repeat(20_000)}\r\n${GIF_HEAD}\r\n`);
      socket.end(TINY_GIF);
    });
    expect(result).toMatchObject({ status: "ok" });
  });

  test.each([
    [`X: ${"x".repeat(300_000)}\r\n`, "headers of the answer are larger than 256 KiB"],
    ["X Y: 1\r\n", "malformed header in the answer"],
    ["Content-Length: x\r\n", "malformed Content-Length in the answer"],
    ["Content-Length: 1\r\nContent-Length: 2\r\n", "contradictory Content-Length in the answer"],
  ])("D14: what is wrong is said: %#", async (header, reason) => {
    const result = await fetchRaw((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\n${header}\r\n`);
    });
    expect(result).toMatchObject({ code: "BAD_RESPONSE" });
    expect("reason" in result && result.reason).toContain(reason);
  });

  test("D14: a folded line is taken, or named", async () => {
    const result = await fetchRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nX: one\r\n two\r\n${GIF_HEAD}\r\n`);
      socket.end(TINY_GIF);
    });
    expect("reason" in result ? result.reason : "taken").toMatch(/^taken$|malformed header/);
  });
});

describe("redirects", () => {
  /** Redirects the first request to a path, and tells what came. */
  async function redirected(location: (port: number) => string, options: FlagClientOptions = {}) {
    const requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
    await using other = await serveHttp((request, response) => {
      requests.push({ path: `other${request.url ?? ""}`, headers: request.headers });
      sendGif(response);
    });
    await using server = await serveHttp((request, response) => {
      requests.push({ path: request.url ?? "", headers: request.headers });
      if (requests.length > 1) sendGif(response);
      else {
        const target = Buffer.from(location(other.port)).toString("latin1");
        response.setHeader("Set-Cookie", ["seen=1; Path=/", "old=1; Max-Age=0"]);
        response.writeHead(302, { Location: target }).end();
      }
    });
    using client = createFlagClient({ ...patient, ...options });
    const base = `http://me:p%40ss@127.0.0.1:${server.port}`;
    return { result: await fetchFlag(base, "US", { client }), requests };
  }

  test("D6: the bytes of a Location go out as they came, percent-encoded", async () => {
    const { result, requests } = await redirected(() => "/größe/日本.gif?q=é");
    expect(result).toMatchObject({ status: "ok" });
    expect(requests[1]?.path).toBe("/gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC.gif?q=%C3%A9");
  });

  test("D7: credentials and cookies stay within the origin", async () => {
    const { requests } = await redirected(() => "/moved.gif");
    const authorization = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      authorization,
      authorization,
    ]);
    expect(requests.map(({ headers }) => headers.cookie)).toEqual([undefined, "seen=1"]);
  });

  test("D7: nobody else gets them, nor given headers that say who we are", async () => {
    const headers = { Authorization: "Bearer x", cookie: "a=1", "X-Mine": "1" };
    const { result, requests } = await redirected((port) => `http://127.0.0.1:${port}/x.gif`, {
      headers,
      redirectHosts: "any",
    });
    expect(result).toMatchObject({ status: "ok" });
    expect(requests[0]?.headers).toMatchObject({ authorization: "Bearer x", cookie: "a=1" });
    expect(requests[1]).toMatchObject({ path: "other/x.gif", headers: { "x-mine": "1" } });
    expect(requests[1]?.headers.authorization).toBeUndefined();
    expect(requests[1]?.headers.cookie).toBeUndefined();
  });

  test("a redirect to another host is refused unless it was allowed", async () => {
    const { result } = await redirected((port) => `http://127.0.0.1:${port}/x.gif`);
    expect(result).toMatchObject({ code: "REDIRECT" });
  });

  test.each([
    [0, "more than 0 redirects"],
    [1, "more than 1 redirect"],
    [2, "more than 2 redirects"],
  ])("of %d redirects, one more is too many", async (maxRedirects, reason) => {
    await using server = await serveHttp((request, response) => {
      response.writeHead(302, { Location: `${request.url ?? ""}x` }).end();
    });
    using client = createFlagClient({ ...patient, maxRedirects });
    expect(await fetchFlag(server.baseUrl, "US", { client })).toMatchObject({ reason });
    expect(server.paths.length).toBe(maxRedirects + 1);
  });
});

test("a name that is none is a host that is not found", async () => {
  using client = createFlagClient(patient);
  const host = `${"x".repeat(300)}.example`;
  expect(await fetchFlag(`http://${host}`, "US", { client })).toMatchObject({
    code: "UNREACHABLE",
    reason: expect.stringMatching(/^host not found \(x+\)$/) as unknown,
  });
});

describe("headers of a request", () => {
  test("are ours, unless others are given, or taken away", async () => {
    const seen: IncomingHttpHeaders[] = [];
    await using server = await serveHttp((request, response) => {
      seen.push(request.headers);
      sendGif(response);
    });
    for (const headers of [{}, { "user-agent": "me/1", accept: "", "X-More": "Ã©" }]) {
      using client = createFlagClient({ ...patient, headers });
      await fetchFlag(server.baseUrl, "US", { client });
    }
    expect(seen[0]).toMatchObject({ "user-agent": "concur-flags", accept: "image/gif" });
    expect(seen[1]).toMatchObject({ "user-agent": "me/1", "x-more": "Ã©" });
    expect(seen[1]).not.toHaveProperty("accept");
  });
});
