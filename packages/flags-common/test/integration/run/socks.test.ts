import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { NO_LIMITS, readCounts } from "../../../src/testing.js";
import { CERTIFICATE, KEY } from "../../fixtures/certificate.js";
import { openWorkplace } from "../../fixtures/pooled-program.js";
import { sendGif, serveGifs } from "../../fixtures/servers.js";
import { serveSocks } from "../../fixtures/socks-server.js";

/** Nobody answers there (RFC 5737): whoever gets something has got it through the proxy. */
const ADDRESS = "192.0.2.1";

async function download(baseUrl: string, env: NodeJS.ProcessEnv, ...args: string[]) {
  await using workplace = await openWorkplace();
  await writeFile(join(workplace.path, "ca.pem"), CERTIFICATE);
  const all = ["-v", "-m1", ...NO_LIMITS, "--base-url", baseUrl, ...args, "br", "us"];
  const clean = { all_proxy: "", ALL_PROXY: "", http_proxy: "", https_proxy: "", no_proxy: "" };
  const { stdout, stderr } = await workplace.start(all, { env: { ...clean, ...env } }).result;
  return { ...readCounts(stdout), text: stdout + stderr };
}

describe("a SOCKS proxy", () => {
  test.each([
    ["socks5h", "flags.example", "5 name flags.example:80"],
    ["socks5", ADDRESS, `5 address ${ADDRESS}:80`],
    ["socks4a", "flags.example", "4 name flags.example:80"],
    ["socks4", ADDRESS, `4 address ${ADDRESS}:80`],
  ])("%s, for %s, is asked for %s", async (kind, host, asked) => {
    await using server = await serveGifs();
    await using proxy = await serveSocks({ port: server.port });
    const given = ["--proxy", `${kind}://127.0.0.1:${proxy.port}`];
    const { ok, text } = await download(`http://${host}/flags`, {}, ...given);
    expect([ok, text]).toEqual([2, expect.any(String)]);
    // Both on one connection.
    expect(proxy.asked).toEqual([asked]);
    expect(server.paths).toEqual(["/flags/br/br.gif", "/flags/us/us.gif"]);
  });

  test("socks5 leaves no name to the proxy", async () => {
    await using server = await serveGifs();
    await using proxy = await serveSocks({ port: server.port });
    const given = ["-x", `socks5://127.0.0.1:${proxy.port}`];
    expect(await download("http://localhost/flags", {}, ...given)).toMatchObject({ ok: 2 });
    // Of IPv4 or IPv6, whatever this machine calls itself.
    expect(proxy.asked).toEqual([
      expect.stringMatching(/^5 address (127\.0\.0\.1|(0\.){15}1):80$/),
    ]);
  });

  test.each(["ALL_PROXY", "http_proxy"])("may stand in %s", async (name) => {
    await using server = await serveGifs();
    await using proxy = await serveSocks({ port: server.port });
    const env = { [name]: `socks5h://127.0.0.1:${proxy.port}` };
    expect(await download("http://flags.example/flags", env)).toMatchObject({ ok: 2 });
    expect(proxy.asked).toHaveLength(1);
    // What is on this machine is asked itself, unless it was told otherwise.
    expect(await download(server.baseUrl, env)).toMatchObject({ ok: 2 });
    expect(proxy.asked).toHaveLength(1);
    expect(await download(server.baseUrl, env, "-x", "")).toMatchObject({ ok: 2 });
    expect(proxy.asked).toHaveLength(1);
  });

  test("TLS goes through it to the end", async () => {
    const server = createTlsServer({ key: KEY, cert: CERTIFICATE }, (_request, response) => {
      sendGif(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await using proxy = await serveSocks({ port });
    const given = ["-x", `socks5h://127.0.0.1:${proxy.port}`, "--cacert", "ca.pem"];
    expect(await download("https://localhost/flags", {}, ...given)).toMatchObject({ ok: 2 });
    expect(proxy.asked).toEqual(["5 name localhost:443"]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("gets name and password, decoded, and nobody else does", async () => {
    await using server = await serveGifs();
    await using proxy = await serveSocks({ port: server.port, login: "me:p@ss:word" });
    const at = `@127.0.0.1:${proxy.port}`;
    const right = await download("http://a.example", {}, "-x", `socks5h://me:p%40ss%3Aword${at}`);
    expect(right).toMatchObject({ ok: 2 });
    const wrong = await download("http://a.example", {}, "-x", `socks5h://me:s3cr3t${at}`);
    expect(wrong.text).toContain(
      `*** Error for BR: proxy 127.0.0.1:${proxy.port}: Socks5 Authentication failed\n`,
    );
    const none = await download("http://a.example", {}, "-x", `socks5h://127.0.0.1:${proxy.port}`);
    expect(none.text).toMatch(
      /\*\*\* Error for BR: proxy 127\.0\.0\.1:\d+: Received invalid Socks5 initial handshake \(no accepted authentication type\)$/m,
    );
    expect(wrong.text).not.toContain("s3cr3t");
    expect(proxy.logins).toContain("me:s3cr3t");
  });

  test.each([
    [
      "socks5h",
      5,
      /proxy 127\.0\.0\.1:\d+: Socks5 proxy rejected connection - ConnectionRefused$/m,
    ],
    ["socks4a", 5, /proxy 127\.0\.0\.1:\d+: Socks4 Proxy rejected connection - /m],
  ])("%s: a refusal is named with the proxy", async (kind, refusal, message) => {
    await using proxy = await serveSocks({ port: 1, refusal });
    const given = ["-x", `${kind}://me:s3cr3t@127.0.0.1:${proxy.port}`, "--fail-on", "never"];
    const { error, text } = await download("http://flags.example", {}, ...given);
    expect(error).toBe(2);
    expect(text).toMatch(message);
    expect(text).not.toContain("s3cr3t");
  });

  test("one that is down, or that is no proxy, is named", async () => {
    const proxy = await serveSocks({ port: 1 });
    await proxy[Symbol.asyncDispose]();
    const given = ["-x", `socks5h://127.0.0.1:${proxy.port}`];
    const { text } = await download("http://flags.example", {}, ...given);
    expect(text).toContain(`*** Error for BR: proxy 127.0.0.1:${proxy.port}: Connection refused\n`);
  });

  test.each([
    ["ftp://me:s3cr3t@127.0.0.1:1", /127\.0\.0\.1:1: ftp is not supported/],
    ["socks5://", /it is no address/],
    ["http://me:s3cr3t@[", /it is no address/],
  ])("%s is refused before anything is asked", async (proxy, message) => {
    const { text } = await download("http://flags.example", {}, "--proxy", proxy);
    expect(text).toMatch(message);
    expect(text).toContain("*** Usage error: --proxy URL cannot be used: ");
    expect(text).not.toContain("s3cr3t");
  });
});
