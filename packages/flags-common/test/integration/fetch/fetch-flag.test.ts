import { once } from "node:events";
import type { RequestListener } from "node:http";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { attemptDownload } from "../../../src/attempt/attempt-download.js";
import { fetchFlag } from "../../../src/fetch/fetch-flag.js";
import { createFlagClient, type FlagClientOptions } from "../../../src/fetch/flag-client.js";
import type { FetchResult } from "../../../src/fetch/flag-result.js";
import { startDeafServer } from "../../../src/testing.js";
import { sendGif, serveGifs, serveHttp, serveRaw, TINY_GIF } from "../../fixtures/servers.js";

const failure = (code: string, reason: string) => ({ status: "error", cc: "US", code, reason });
const patient: FlagClientOptions = {
  connectTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  totalTimeoutMs: 60_000,
};

/** Waits for so many turns of the event loop, which serves both ends: what has been sent is read in one or two. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

async function fetchFrom(listener: RequestListener, options = patient): Promise<FetchResult> {
  await using server = await serveHttp(listener);
  using client = createFlagClient(options);
  return await fetchFlag(server.baseUrl, "US", { client });
}

async function fetchRaw(answer: (socket: Socket) => void, options = patient): Promise<FetchResult> {
  await using server = await serveRaw(answer);
  using client = createFlagClient(options);
  return await fetchFlag(server.baseUrl, "US", { client });
}

describe("fetchFlag", () => {
  test("fetches <base>/us/us.gif, in lower case, and returns a whole GIF", async () => {
    await using server = await serveGifs();
    const result = await fetchFlag(server.baseUrl, "US");
    expect(result).toEqual({ status: "ok", cc: "US", bytes: TINY_GIF });
    expect(server.paths).toEqual(["/flags/us/us.gif"]);
  });

  test.each(["gzip", "x-gzip", "br", "gzip, identity"])(
    "a body under Content-Encoding: %s is a failure, though it were a GIF as it is",
    async (encoding) => {
      const result = await fetchFrom((_request, response) => {
        response.setHeader("Content-Encoding", encoding);
        sendGif(response);
      });
      expect(result).toEqual(failure("NOT_A_GIF", `not a GIF (encoded as ${encoding})`));
    },
  );

  test.each(["identity", "Identity", ""])("Content-Encoding: '%s' is none", async (encoding) => {
    const result = await fetchFrom((_request, response) => {
      response.setHeader("Content-Encoding", encoding);
      sendGif(response);
    });
    expect(result).toMatchObject({ status: "ok", bytes: TINY_GIF });
  });

  test("asks for an uncompressed GIF", async () => {
    let headers: unknown;
    await fetchFrom((request, response) => {
      headers = request.headers;
      sendGif(response);
    });
    expect(headers).toMatchObject({ accept: "image/gif", "accept-encoding": "identity" });
  });

  test("KB11: results are plain data and survive cloning", async () => {
    const results = [
      await fetchFrom((_request, response) => {
        sendGif(response);
      }),
      await fetchFrom((_request, response) => response.writeHead(404).end()),
      await fetchFrom((_request, response) => response.writeHead(503).end()),
    ];
    expect(structuredClone(results)).toEqual(results);
    // A Buffer would take the whole block of memory along that it is a part of.
    const [first] = results;
    const bytes = first?.status === "ok" ? first.bytes : new Uint8Array();
    expect(bytes.buffer.byteLength).toBe(TINY_GIF.length);
  });

  test("404 is no failure", async () => {
    const result = await fetchFrom((_request, response) => response.writeHead(404).end("no"));
    expect(result).toEqual({ status: "notFound", cc: "US" });
  });

  test.each([
    [503, "Service Unavailable"],
    [500, "Internal Server Error"],
    [418, "I'm a Teapot"],
    [403, "Forbidden"],
    [410, "Gone"],
  ])("KB10, KB12: status %d is a failure with the phrase '%s'", async (status, phrase) => {
    const result = await fetchFrom((_request, response) => response.writeHead(status).end());
    expect(result).toEqual({
      ...failure("HTTP_STATUS", `HTTP ${status} - ${phrase}`),
      httpStatus: status,
    });
  });

  test.each([201, 202, 203, 206, 226, 300, 304])(
    "KB7: status %d is a failure, although its body is a GIF",
    async (status) => {
      const result = await fetchFrom((_request, response) => {
        response.writeHead(status, { "Content-Type": "image/gif" });
        response.end(TINY_GIF);
      });
      expect(result).toMatchObject({ status: "error", code: "HTTP_STATUS", httpStatus: status });
    },
  );

  test("KB7: status 204 is a failure", async () => {
    const result = await fetchFrom((_request, response) => response.writeHead(204).end());
    expect(result).toMatchObject(failure("HTTP_STATUS", "HTTP 204 - No Content"));
  });

  test("a missing phrase is filled in, a nasty one made harmless", async () => {
    const bare = await fetchRaw((socket) =>
      socket.end("HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n"),
    );
    expect(bare).toMatchObject({ reason: "HTTP 503 - Service Unavailable" });
    const nasty = await fetchRaw((socket) =>
      socket.end("HTTP/1.1 599 a\u001b[2Jb\r\nContent-Length: 0\r\n\r\n"),
    );
    expect(nasty).toMatchObject({ reason: "HTTP 599 - a?[2Jb" });
  });

  test("misuse is an exception", async () => {
    for (const cc of ["", "usa", "u/", "../x", "é!", "U\n"]) {
      await expect(fetchFlag("http://127.0.0.1:1/flags", cc)).rejects.toThrow(TypeError);
    }
    for (const baseUrl of ["ftp://me:s3cr3t@127.0.0.1/flags", "flags", "http://me:s3cr3t@["]) {
      const failure: unknown = await fetchFlag(baseUrl, "US").catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(TypeError);
      expect(failure).toHaveProperty("message", expect.stringMatching(/^not an http address: /));
      expect(failure).toHaveProperty("message", expect.not.stringContaining("s3cr3t"));
      using client = createFlagClient();
      const request = { url: baseUrl, directory: ".", fileName: "a", expect: "anything" } as const;
      await expect(
        attemptDownload({ ...request, remainingMs: 1000, resume: false }, { client }),
      ).rejects.toThrow(TypeError);
    }
    expect(() => createFlagClient({ concurrency: 0 })).toThrow(RangeError);
    expect(() => createFlagClient({ totalTimeoutMs: 2 ** 31 })).toThrow(RangeError);
    expect(() => createFlagClient({ idleTimeoutMs: 0.5 })).toThrow(RangeError);
  });
});

describe("fetchFlag checks the body", () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\n";
  const thousand = `GIF89a${"x".repeat(1000)}`;

  test("a body shorter than its Content-Length", async () => {
    const result = await fetchRaw((socket) =>
      socket.end(`${head}Content-Length: 5000\r\n\r\n${thousand}`),
    );
    expect(result).toEqual(failure("TRUNCATED", "body is truncated (1006 of 5000 bytes)"));
  });

  test("a body broken off by a reset", async () => {
    const result = await fetchRaw((socket) => {
      // The client must have read it before the reset throws it away.
      socket.write(`${head}Content-Length: 5000\r\n\r\n${thousand}`, () => {
        void turns(20).then(() => socket.resetAndDestroy());
      });
    });
    expect(result).toEqual(failure("TRUNCATED", "body is truncated (1006 of 5000 bytes)"));
  });

  test.each(["5\r\nGIF89\r\n", "50\r\nGIF8"])("a broken chunked body %j", async (body) => {
    const result = await fetchRaw((socket) =>
      socket.end(`${head}Transfer-Encoding: chunked\r\n\r\n${body}`),
    );
    expect(result).toMatchObject({
      code: "TRUNCATED",
      reason: expect.stringMatching(/^body is truncated \(\d bytes, then the connection closed\)$/),
    });
  });

  test("a body without length that stops early has no GIF trailer", async () => {
    const result = await fetchRaw((socket) => socket.end(`${head}\r\n${thousand}`));
    expect(result).toEqual(
      failure("TRUNCATED", "body is truncated (GIF without its end, 1006 bytes)"),
    );
  });

  test("a body without length that is whole is taken", async () => {
    const result = await fetchRaw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.end(TINY_GIF);
    });
    expect(result).toEqual({ status: "ok", cc: "US", bytes: TINY_GIF });
  });

  test("a page instead of a flag", async () => {
    const result = await fetchFrom((_request, response) => {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
      response.end("<html>Please log in</html>");
    });
    expect(result).toEqual(failure("NOT_A_GIF", "not a GIF (text/html)"));
  });

  test("a page that calls itself a GIF", async () => {
    const result = await fetchFrom((_request, response) => {
      response.writeHead(200, { "Content-Type": "image/gif" });
      response.end("<html>Please log in;");
    });
    expect(result).toEqual(failure("NOT_A_GIF", "not a GIF (no GIF signature)"));
  });

  test("the type in any case and with parameters, or no type at all", async () => {
    for (const type of ["IMAGE/GIF", "image/gif; charset=binary", undefined]) {
      const result = await fetchFrom((_request, response) => {
        response.writeHead(200, type === undefined ? {} : { "Content-Type": type });
        response.end(TINY_GIF);
      });
      expect(result).toMatchObject({ status: "ok" });
    }
  });

  test("an empty body", async () => {
    const result = await fetchFrom((_request, response) => {
      response.writeHead(200, { "Content-Type": "image/gif", "Content-Length": 0 }).end();
    });
    expect(result).toEqual(failure("NOT_A_GIF", "body is empty"));
  });

  test("a body without end stops at the limit", async () => {
    const result = await fetchRaw(
      (socket) => {
        socket.write(`${head}\r\n`);
        const pour = (): void => {
          while (socket.writable && socket.write(new Uint8Array(65_536)));
        };
        socket.on("drain", pour);
        pour();
      },
      { ...patient, maxBytes: 100_000 },
    );
    expect(result).toEqual(failure("TOO_LARGE", "body is larger than 100000 bytes"));
  });
});

describe("fetchFlag names what broke the connection", () => {
  test("nobody listens", async () => {
    const server = await serveGifs();
    await server[Symbol.asyncDispose]();
    expect(await fetchFlag(server.baseUrl, "US")).toEqual(failure("REFUSED", "Connection refused"));
    const byName = server.baseUrl.replace("127.0.0.1", "localhost");
    expect(await fetchFlag(byName, "US")).toEqual(failure("REFUSED", "Connection refused"));
  });

  test("a reset instead of an answer", async () => {
    const result = await fetchRaw((socket) => socket.resetAndDestroy());
    expect(result).toEqual(failure("RESET", "Connection reset"));
  });

  test("an end instead of an answer", async () => {
    const result = await fetchRaw((socket) => socket.end());
    expect(result).toEqual(failure("RESET", "Connection closed without an answer"));
  });

  test("something that is not HTTP", async () => {
    const result = await fetchRaw((socket) => socket.end("220 smtp.example ESMTP\r\n"));
    expect(result).toEqual(failure("BAD_RESPONSE", "not an HTTP answer (HPE_INVALID_CONSTANT)"));
  });

  test("two lengths in one answer", async () => {
    const result = await fetchRaw((socket) =>
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345"),
    );
    expect(result).toMatchObject({ code: "BAD_RESPONSE" });
  });

  test("a proxy in the environment is not asked for this machine's own servers", async () => {
    const before = process.env["http_proxy"];
    process.env["http_proxy"] = "http://127.0.0.1:1";
    try {
      await using server = await serveGifs();
      expect(await fetchFlag(server.baseUrl, "US")).toMatchObject({ status: "ok" });
      const byName = server.baseUrl.replace("127.0.0.1", "localhost");
      expect(await fetchFlag(byName, "US")).toMatchObject({ status: "ok" });
    } finally {
      if (before === undefined) delete process.env["http_proxy"];
      else process.env["http_proxy"] = before;
    }
  });
});

describe("KB8: fetchFlag does not wait for ever", () => {
  const limits = { connectTimeoutMs: 60_000, idleTimeoutMs: 250, totalTimeoutMs: 60_000 };
  const silence = failure("TIMEOUT", "timed out after 0.25 s without data");

  test("for a server that never answers", async () => {
    expect(await fetchRaw(() => undefined, limits)).toEqual(silence);
  });

  test("for one that stops within the headers", async () => {
    const result = await fetchRaw((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-"), limits);
    expect(result).toEqual(silence);
  });

  test("for one that stops within the body", async () => {
    const result = await fetchRaw(
      (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nGIF89a"),
      limits,
    );
    expect(result).toEqual(silence);
  });

  test.each([
    "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nGIF89a",
    "HTTP/1.1 200 OK\r\nX-Drip: ",
  ])("for one that drips after %j", async (start) => {
    const result = await fetchRaw(
      (socket) => {
        socket.write(start);
        const drip = setInterval(() => socket.write("x"), 20);
        socket.once("close", () => {
          clearInterval(drip);
        });
      },
      { ...patient, totalTimeoutMs: 400 },
    );
    expect(result).toEqual(failure("TIMEOUT", "took longer than 0.4 s"));
  });

  test("for a connection that is never made", async () => {
    await using server = await startDeafServer();
    using client = createFlagClient({ ...patient, connectTimeoutMs: 250 });
    expect(await fetchFlag(server.baseUrl, "US", { client })).toEqual(
      failure("TIMEOUT", "could not connect within 0.25 s"),
    );
  });

  test("for redirects, each of which comes in time", async () => {
    const result = await fetchFrom(
      (_request, response) => {
        setTimeout(() => response.writeHead(302, { Location: "/again" }).end(), 150);
      },
      { ...patient, totalTimeoutMs: 400 },
    );
    expect(result).toEqual(failure("TIMEOUT", "took longer than 0.4 s"));
  });
});

describe("fetchFlag obeys its signal", () => {
  test("in the midst of the body, and tells it from the clock", async () => {
    const controller = new AbortController();
    await using server = await serveRaw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nGIF89a", () => {
        controller.abort();
      });
    });
    using client = createFlagClient(patient);
    const { signal } = controller;
    expect(await fetchFlag(server.baseUrl, "US", { client, signal })).toEqual(
      failure("INTERRUPTED", "interrupted"),
    );
  });

  test("before it asks anything", async () => {
    await using server = await serveGifs();
    const signal = AbortSignal.abort();
    expect(await fetchFlag(server.baseUrl, "US", { signal })).toEqual(
      failure("INTERRUPTED", "interrupted"),
    );
    expect(server.paths).toEqual([]);
  });

  test("and many downloads may share it without a warning", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    try {
      await using server = await serveGifs();
      using client = createFlagClient({ concurrency: 30 });
      const { signal } = new AbortController();
      const results = await Promise.all(
        Array.from({ length: 30 }, () => fetchFlag(server.baseUrl, "US", { client, signal })),
      );
      expect(results.map(({ status }) => status)).toEqual(Array(30).fill("ok"));
      await setImmediate();
      expect(warnings).toEqual([]);
    } finally {
      process.off("warning", onWarning);
    }
  });
});

describe("fetchFlag follows redirects", () => {
  const redirectTo = (location: string): RequestListener => {
    return (request, response) => {
      if (request.url === "/flags/us/us.gif") response.writeHead(302, { Location: location }).end();
      else sendGif(response);
    };
  };

  test("on the same host", async () => {
    expect(await fetchFrom(redirectTo("/elsewhere.gif"))).toMatchObject({ status: "ok" });
  });

  test("at most five times", async () => {
    await using server = await serveHttp((request, response) => {
      const hop = Number(new URL(request.url ?? "", "http://x").searchParams.get("hop"));
      const end = request.url?.includes("/br/") ? 5 : 6;
      if (hop === end) sendGif(response);
      else response.writeHead(307, { Location: `?hop=${hop + 1}` }).end();
    });
    expect(await fetchFlag(server.baseUrl, "BR")).toMatchObject({ status: "ok" });
    expect(await fetchFlag(server.baseUrl, "US")).toEqual(
      failure("REDIRECT", "more than 5 redirects"),
    );
  });

  test("but not to another host, and asks nothing there", async () => {
    await using other = await serveGifs();
    const result = await fetchFrom(redirectTo(`${other.baseUrl}/us/us.gif`));
    expect(result).toEqual(
      failure("REDIRECT", `redirect to another host refused (127.0.0.1:${other.port})`),
    );
    expect(other.paths).toEqual([]);
  });

  test("unless that host is allowed", async () => {
    await using other = await serveGifs();
    const result = await fetchFrom(redirectTo(`${other.baseUrl}/us/us.gif`), {
      ...patient,
      redirectHosts: [`127.0.0.1:${other.port}`],
    });
    expect(result).toMatchObject({ status: "ok" });
  });

  test("and finds a 404 behind them", async () => {
    const result = await fetchFrom((request, response) => {
      if (request.url === "/gone") response.writeHead(404).end();
      else response.writeHead(301, { Location: "/gone" }).end();
    });
    expect(result).toEqual({ status: "notFound", cc: "US" });
  });
});

describe("a client", () => {
  test("keeps its connections", async () => {
    await using server = await serveGifs();
    using client = createFlagClient();
    for (const cc of ["US", "BR", "CN"]) await fetchFlag(server.baseUrl, cc, { client });
    expect(server.paths).toHaveLength(3);
    expect(server.connections.count).toBe(1);
  });

  test("replaces a connection that the server closed while it lay idle, once", async () => {
    // Answers once on each connection and resets it at the next request: what a server does that
    // closes an idle connection in the moment when the client writes to it.
    await using server = await serveRaw((socket) => {
      socket.once("data", () => socket.resetAndDestroy());
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${TINY_GIF.length}\r\n\r\n`);
      socket.write(TINY_GIF);
    });
    using client = createFlagClient();
    expect(await fetchFlag(server.baseUrl, "US", { client })).toMatchObject({ status: "ok" });
    expect(await fetchFlag(server.baseUrl, "BR", { client })).toMatchObject({ status: "ok" });
    expect(server.connections.count).toBe(2);
  });

  test("does not ask again on a new connection when a kept one is silent", async () => {
    await using server = await serveHttp((request, response) => {
      if (request.url?.endsWith("/us.gif")) sendGif(response);
    });
    using client = createFlagClient({ idleTimeoutMs: 250 });
    // On a machine that stands still for a moment it may take more than one try to get a connection to keep.
    const isKept = async () => (await fetchFlag(server.baseUrl, "US", { client })).status === "ok";
    while (!(await isKept()));
    const before = { requests: server.paths.length, connections: server.connections.count };
    expect(await fetchFlag(server.baseUrl, "BR", { client })).toMatchObject({ code: "TIMEOUT" });
    expect(server.paths).toHaveLength(before.requests + 1);
    expect(server.connections.count).toBe(before.connections);
  });

  test("does not ask again after a reset on a new connection", async () => {
    await using server = await serveRaw((socket) => socket.resetAndDestroy());
    using client = createFlagClient();
    expect(await fetchFlag(server.baseUrl, "US", { client })).toMatchObject({ code: "RESET" });
    expect(server.connections.count).toBe(1);
  });

  test("KB15: leaves no connection behind when it is closed", async () => {
    await using server = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${TINY_GIF.length}\r\n\r\n`);
      socket.write(TINY_GIF);
      closed = once(socket, "close");
    });
    let closed: Promise<unknown> | undefined;
    const client = createFlagClient();
    await fetchFlag(server.baseUrl, "US", { client });
    client.close();
    await closed;
    expect(closed).toBeDefined();
  });
});
