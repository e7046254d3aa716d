import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import {
  createConnection,
  createServer as createTcpServer,
  type AddressInfo,
  type Socket,
} from "node:net";
import { describe, expect, test } from "@jest/globals";
import { race } from "../../../src/fetch/connect.js";
import { fetchFlag } from "../../../src/fetch/fetch-flag.js";
import { createFlagClient, type FlagClientOptions } from "../../../src/fetch/flag-client.js";
import { ProxyError, proxyFor } from "../../../src/fetch/proxy.js";
import { startDeafServer } from "../../../src/testing.js";
import { CERTIFICATE, KEY } from "../../fixtures/certificate.js";
import { sendGif, serveHttp, serveRaw, TINY_GIF } from "../../fixtures/servers.js";

const patient: FlagClientOptions = {
  connectTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  totalTimeoutMs: 600_000,
};

async function fetchAt(baseUrl: string, options: FlagClientOptions = {}) {
  using client = createFlagClient({ ...patient, ...options });
  return await fetchFlag(baseUrl, "US", { client });
}

/** Sets variables of the environment while `body` runs. */
async function withEnv<T>(
  variables: Readonly<Record<string, string>>,
  body: () => Promise<T>,
): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, { no_proxy: "", NO_PROXY: "" }, variables);
  try {
    return await body();
  } finally {
    // An empty one counts as none.
    for (const name of Object.keys(variables)) process.env[name] = "";
    Object.assign(process.env, before);
  }
}

describe("connections", () => {
  const addresses = (...list: string[]): Parameters<typeof race>[0]["lookup"] => {
    return (_host, _options, callback) => {
      callback(
        null,
        list.map((address) => ({ address, family: 4 })),
      );
    };
  };

  test("D8: a slow address goes on though the others refuse", async () => {
    await using server = await startDeafServer();
    const port = Number(new URL(server.baseUrl).port);
    const ended = new Promise<Socket | undefined>((resolve) => {
      race(
        { host: "two.example", port, lookup: addresses("127.0.0.1", "127.0.0.2") },
        (_, socket) => {
          resolve(socket);
        },
      );
    });
    // After the other address was tried, unless the machine is slow: then this test only shows less.
    setTimeout(() => {
      server.hear();
    }, 600);
    const socket = await ended;
    expect(socket?.remoteAddress).toBe("127.0.0.1");
    socket?.destroy();
  });

  test("D8: a deaf address does not keep the next one waiting", async () => {
    await using deaf = await startDeafServer();
    const port = Number(new URL(deaf.baseUrl).port);
    const other = createTcpServer().listen(port, "127.0.0.2");
    await once(other, "listening");
    const socket = await new Promise<Socket | undefined>((resolve) => {
      race(
        { host: "two.example", port, lookup: addresses("127.0.0.1", "127.0.0.2") },
        (_, winner) => {
          resolve(winner);
        },
      );
    });
    expect(socket?.remoteAddress).toBe("127.0.0.2");
    socket?.destroy();
    other.close();
  });

  test("D10: a TLS handshake that hangs is one of connecting", async () => {
    await using server = await serveRaw(() => undefined);
    const baseUrl = `https://127.0.0.1:${server.port}`;
    expect(await fetchAt(baseUrl, { connectTimeoutMs: 300 })).toMatchObject({
      code: "TIMEOUT",
      reason: "could not connect within 0.3 s",
    });
  });

  test("--cacert, --insecure: a certificate of our own is taken as told, and not otherwise", async () => {
    const server = createHttpsServer({ key: KEY, cert: CERTIFICATE }, (_request, response) => {
      sendGif(response);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect(await fetchAt(baseUrl)).toMatchObject({ code: "NETWORK" });
      expect(await fetchAt(baseUrl, { ca: CERTIFICATE })).toMatchObject({ bytes: TINY_GIF });
      expect(await fetchAt(baseUrl, { insecure: true })).toMatchObject({ bytes: TINY_GIF });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("a client", () => {
  test("has no more requests under way than it may, and forgets none of those that wait when the server dies", async () => {
    const sockets: Socket[] = [];
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        sockets.push(socket);
        if (sockets.length < 2) return;
        // Nobody can connect any more when the two hear of it.
        server.close();
        for (const one of sockets) one.resetAndDestroy();
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    using client = createFlagClient({ ...patient, concurrency: 2 });
    const results = await Promise.all(
      Array.from({ length: 8 }, () => fetchFlag(baseUrl, "US", { client })),
    );
    const codes = results.map((result) => "code" in result && result.code);
    expect(codes.sort()).toEqual([...Array<string>(6).fill("REFUSED"), "RESET", "RESET"]);
    expect(sockets.length).toBe(2);
  });
});

describe("proxies", () => {
  test("D13: the credentials of a proxy are sent decoded", async () => {
    const heads: string[] = [];
    await using proxy = await serveRaw((socket) => socket.end());
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (head) => {
        heads.push(head.toString());
        socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${TINY_GIF.length}\r\n\r\n`);
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await withEnv({ http_proxy: `http://us%40er:p%40ss@127.0.0.1:${port}` }, () =>
      fetchAt("http://me:my%3Aword@flags.example/x"),
    );
    server.close();
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
    expect(heads[0]).toContain("GET http://flags.example/x/us/us.gif HTTP/1.1\r\n");
    expect(heads[0]).toContain(`Proxy-Authorization: ${basic("us@er:p@ss")}\r\n`);
    expect(heads[0]).toContain(`Authorization: ${basic("me:my:word")}\r\n`);
    expect(proxy.connections.count).toBe(0);
  });

  test("an https address goes through a tunnel, whose credentials the server does not see", async () => {
    const heads: string[] = [];
    const seen: unknown[] = [];
    const server = createHttpsServer({ key: KEY, cert: CERTIFICATE }, (request, response) => {
      seen.push(request.headers["proxy-authorization"]);
      sendGif(response);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    await using proxy = await serveHttp(() => undefined);
    const tunnel = createTcpServer((socket) => {
      socket.once("data", (head) => {
        heads.push(head.toString());
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        const { port } = server.address() as AddressInfo;
        const far = createConnection(port);
        socket.pipe(far).pipe(socket);
      });
    }).listen(0, "127.0.0.1");
    await once(tunnel, "listening");
    const { port } = tunnel.address() as AddressInfo;
    const result = await withEnv({ https_proxy: `http://me:pw@127.0.0.1:${port}` }, () =>
      fetchAt("https://flags.example:444", { insecure: true }),
    );
    expect(result).toMatchObject({ status: "ok", bytes: TINY_GIF });
    expect(heads[0]).toContain("CONNECT flags.example:444 HTTP/1.1\r\n");
    expect(heads[0]).toContain(`Proxy-Authorization: Basic ${btoa("me:pw")}`);
    expect(seen).toEqual([undefined]);
    expect(proxy.paths).toEqual([]);
    tunnel.close();
    server.closeAllConnections();
    server.close();
  });

  test("D21: a proxy that is dead, or refuses, is named, without its credentials", async () => {
    const server = createTcpServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const proxy = `http://me:secret@127.0.0.1:${port}`;
    const env = { http_proxy: proxy, https_proxy: proxy };
    for (const scheme of ["http", "https"]) {
      expect(await withEnv(env, () => fetchAt(`${scheme}://flags.example`))).toMatchObject({
        code: "REFUSED",
        reason: `proxy 127.0.0.1:${port}: Connection refused`,
      });
    }
    await using strict = await serveRaw((socket) => socket.end("HTTP/1.1 407 No\r\n\r\n"));
    const strictEnv = { https_proxy: `http://127.0.0.1:${strict.port}` };
    expect(await withEnv(strictEnv, () => fetchAt("https://flags.example"))).toMatchObject({
      code: "NETWORK",
      reason: `proxy 127.0.0.1:${strict.port}: HTTP 407`,
    });
  });

  test.each([
    ["http://a.example/", { http_proxy: "p:1" }, "http://p:1/"],
    ["http://a.example/", { HTTP_PROXY: "http://p:1" }, "http://p:1/"],
    ["https://a.example/", { http_proxy: "p:1" }, undefined],
    ["https://a.example/", { all_proxy: "https://p" }, "https://p/"],
    ["http://localhost/", { http_proxy: "p:1" }, undefined],
    ["http://127.0.0.9/", { http_proxy: "p:1" }, undefined],
    ["http://[::1]/", { http_proxy: "p:1" }, undefined],
    ["http://a.example/", { http_proxy: "p:1", no_proxy: "*" }, undefined],
    ["http://a.example/", { http_proxy: "p:1", no_proxy: "b, .example" }, undefined],
    ["http://a.example/", { http_proxy: "p:1", no_proxy: "xa.example" }, "http://p:1/"],
    ["http://a.example/", { http_proxy: "p:1", no_proxy: "a.example:80" }, undefined],
    ["http://a.example/", { http_proxy: "p:1", no_proxy: "a.example:81" }, "http://p:1/"],
    ["http://10.1.2.3/", { http_proxy: "p:1", no_proxy: "10.0.0.0/8" }, undefined],
    ["http://11.1.2.3/", { http_proxy: "p:1", no_proxy: "10.0.0.0/8" }, "http://p:1/"],
    ["http://[fd00::1]/", { http_proxy: "p:1", no_proxy: "fd00::/8" }, undefined],
    ["http://[fd00::1]/", { http_proxy: "p:1", no_proxy: "[fd00::1]" }, undefined],
  ])("%s with %j goes through %s", (url, env, proxy) => {
    expect(proxyFor(new URL(url), undefined, env)?.href).toBe(proxy);
  });

  test("a proxy that answers with garbage is named, and not for what the server says behind it", async () => {
    await using garbage = await serveRaw((socket) => socket.end("garbage\r\n\r\n"));
    const proxy = `http://127.0.0.1:${garbage.port}`;
    for (const scheme of ["http", "https"]) {
      expect(await fetchAt(`${scheme}://flags.example`, { proxy })).toMatchObject({
        code: "BAD_RESPONSE",
        reason: `proxy 127.0.0.1:${garbage.port}: not an HTTP answer (HPE_INVALID_CONSTANT)`,
      });
    }
    await using tunnel = await serveRaw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.once("data", () => socket.end("garbage\r\n\r\n"));
    });
    const through = { proxy: `http://127.0.0.1:${tunnel.port}` };
    expect(await fetchAt("https://flags.example", through)).toMatchObject({
      reason: "the server does not speak TLS (http:// may be meant)",
    });
  });

  test("who does not speak TLS is told so", async () => {
    await using server = await serveHttp((_request, response) => response.end());
    const { port } = server;
    expect(await fetchAt(`https://127.0.0.1:${port}`)).toMatchObject({
      code: "NETWORK",
      reason: "the server does not speak TLS (http:// may be meant)",
    });
    const proxy = `https://127.0.0.1:${port}`;
    for (const scheme of ["http", "https"]) {
      expect(await fetchAt(`${scheme}://flags.example`, { proxy })).toMatchObject({
        code: "NETWORK",
        reason: `proxy 127.0.0.1:${port}: does not speak TLS (http:// may be meant)`,
      });
    }
    // A fatal alert: handshake failure.
    await using strict = await serveRaw((socket) =>
      socket.end(Buffer.from("15030100020228", "hex")),
    );
    expect(await fetchAt(`https://127.0.0.1:${strict.port}`)).toMatchObject({
      code: "NETWORK",
      reason: expect.stringMatching(/^TLS failed \(.*handshake failure.*\)$/) as unknown,
    });
  });

  test("headers of an answer may be called as axios' own methods", async () => {
    const names = ["Normalize", "Set", "Get", "Has", "Clear", "Concat", "toJSON", "__proto__"];
    await using proxy = await serveHttp((_request, response) => {
      for (const name of names) response.setHeader(name, "x");
      sendGif(response);
    });
    const options = { proxy: `http://127.0.0.1:${proxy.port}` };
    expect(await fetchAt("http://flags.example", options)).toMatchObject({ bytes: TINY_GIF });
  });

  test("a proxy of another kind is refused with its name", () => {
    const env = { all_proxy: "quic://me:secret@127.0.0.1:9" };
    expect(() => proxyFor(new URL("http://a.example"), undefined, env)).toThrow(ProxyError);
    expect(() => proxyFor(new URL("http://a.example"), undefined, env)).toThrow(
      "proxy 127.0.0.1:9: quic is not supported, only http, https, socks4, socks4a, socks5 and socks5h",
    );
  });
});
