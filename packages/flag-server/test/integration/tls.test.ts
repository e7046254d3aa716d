import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { connect, type TLSSocket } from "node:tls";

import { describe, expect, test } from "@jest/globals";

import {
  flagManifest,
  launchFlagServer,
  startFlagServer,
  type Fault,
  type FlagServer,
} from "../../src/index.js";
import { makeCertificate } from "../../src/tls/certificate.js";
import { ipBytes } from "../../src/tls/ip-bytes.js";
import { temporaryFolder } from "../support/folders.js";
import { ask, openSocket, readToEnd } from "../support/http.js";
import { CLI, runNode, until } from "../support/processes.js";

const PATH = "/flags/us/us.gif";
const BYTES = flagManifest().flags["US"]?.bytes ?? 0;

function startWith(fault?: Fault): Promise<FlagServer<"LOCAL">> {
  const rules = fault === undefined ? [] : [{ fault }];
  return startFlagServer({ port: 0, listeners: ["LOCAL"], tls: true, rules });
}

async function get(url: string, ca: string | undefined): Promise<[status: number, bytes: number]> {
  const outgoing = request(url, { ca, agent: new Agent() });
  outgoing.end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  return [incoming.statusCode ?? 0, (await buffer(incoming)).length];
}

/** Sends a request and gives what comes back until the end, and the error that ends it. */
async function raw(server: FlagServer<"LOCAL">): Promise<{ text: string; error: string }> {
  const socket: TLSSocket = connect({ port: server.ports.LOCAL, ca: server.certificate });
  let error = "";
  socket.on("error", (cause: NodeJS.ErrnoException) => (error = cause.code ?? ""));
  await once(socket, "secureConnect");
  socket.write(`GET ${PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  return { text: await readToEnd(socket), error };
}

describe("tls", () => {
  test("serves flags to whoever trusts its certificate, under each name of this machine", async () => {
    await using server = await startWith();
    const { port } = new URL(server.urls.LOCAL);
    expect(server.urls.LOCAL).toBe(`https://localhost:${port}/flags`);
    for (const host of ["localhost", "127.0.0.1"]) {
      expect(await get(`https://${host}:${port}${PATH}`, server.certificate)).toEqual([200, BYTES]);
    }
    await expect(get(`${server.urls.LOCAL}/us/us.gif`, undefined)).rejects.toThrow(/self.signed/);
    expect(server.journal()).toHaveLength(2);
    await until(() => server.stats().LOCAL.openConnections === 0);
  });

  test.each<[Fault, string, RegExp]>([
    [{ kind: "reset" }, "ECONNRESET", /^$/],
    [{ kind: "truncate" }, "", /^HTTP\/1\.1 200 OK\r\n/],
    [{ kind: "garbage" }, "", /^\*\*\* not http/],
    [{ kind: "wrong-length", differenceBytes: 3 }, "", /^HTTP\/1\.1 200 OK\r\n/],
  ])("%j happens below and above TLS as it does without", async (fault, error, text) => {
    await using server = await startWith(fault);
    const reply = await raw(server);
    expect(reply.error).toBe(error);
    expect(reply.text).toMatch(text);
    expect(server.journal()).toMatchObject([{ fault: fault.kind, outcome: "sent" }]);
  });

  test("a reset after some bytes comes after them", async () => {
    await using server = await startWith({ kind: "reset", afterBytes: 100 });
    for (let error = ""; error !== "ECONNRESET";) {
      const reply = await raw(server);
      expect(reply.text.split("\r\n\r\n")[1]?.length).toBe(100);
      ({ error } = reply);
    }
  });

  test("the other scheme is http, and the other host has the same", async () => {
    await using server = await startWith({ kind: "redirect", to: "other-scheme" });
    expect((await raw(server)).text).toContain(`\r\nLocation: http://localhost${PATH}\r\n`);
    server.setRules([{ fault: { kind: "redirect", to: "other-host" } }]);
    expect((await raw(server)).text).toContain(`\r\nLocation: https://127.0.0.1${PATH}\r\n`);
  });

  test("a client that speaks no TLS harms nobody, and stop() cuts silent ones", async () => {
    const server = await startFlagServer({ port: 0, listeners: ["LOCAL"], tls: true, graceMs: 0 });
    const plain = await openSocket(server.ports.LOCAL, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await readToEnd(plain)).not.toContain("HTTP");
    const silent = await openSocket(server.ports.LOCAL);
    expect((await get(`${server.urls.LOCAL}/us/us.gif`, server.certificate))[0]).toBe(200);
    await server.stop();
    expect(await readToEnd(silent)).toBe("");
    expect(server.stats().LOCAL.openConnections).toBe(0);
  });

  test("takes a key and a certificate of one's own, also in a process of its own", async () => {
    const tls = makeCertificate(["localhost"]);
    await using server = await launchFlagServer({ port: 0, listeners: ["LOCAL"], tls });
    expect(server.certificate).toBe(tls.cert);
    expect(await get(`${server.urls.LOCAL}/us/us.gif`, tls.cert)).toEqual([200, BYTES]);
  });

  test("on the command line: --tls, and --tls-key with --tls-cert", async () => {
    await using own = runNode(CLI, ["--port=0", "--only=LOCAL", "--tls"]);
    await until(() => own.output.stdout.includes("Press"));
    const urlOf = (label: string, text: string) =>
      new RegExp(`^${label} (\\S+)$`, "m").exec(text)?.[1];
    const control = urlOf("CONTROL", own.output.stdout) ?? "";
    const ca = (await ask(`${control}certificate.pem`)).body.toString();
    const url = urlOf("LOCAL", own.output.stdout) ?? "";
    expect((await get(`${url}/us/us.gif`, ca))[0]).toBe(200);

    await using folder = await temporaryFolder();
    const { key, cert } = makeCertificate(["localhost"]);
    const files = [path.join(folder.path, "key"), path.join(folder.path, "cert")] as const;
    await writeFile(files[0], key);
    await writeFile(files[1], cert);
    await using given = runNode(CLI, [
      ...["--port=0", "--only=LOCAL", "--no-control"],
      ...["--tls-key", files[0], "--tls-cert", files[1]],
    ]);
    await until(() => given.output.stdout.includes("Press"));
    const givenUrl = urlOf("LOCAL", given.output.stdout) ?? "";
    expect((await get(`${givenUrl}/us/us.gif`, cert))[0]).toBe(200);
    await using half = runNode(CLI, ["--tls-key", files[0]]);
    expect(await half.ended).toEqual({ code: 2, signal: null });
    expect(half.output.stderr).toContain("--tls-key and --tls-cert go together");
  });

  test.each<[unknown, string]>([
    [1, "tls must be true, false, or a key and a cert as PEM"],
    [null, "tls must be true, false, or a key and a cert as PEM"],
    [{ key: "x" }, "tls must be true, false, or a key and a cert as PEM"],
    [
      { key: makeCertificate([]).key, cert: makeCertificate([]).cert },
      "tls must have a key and a cert that belong together: ",
    ],
  ])("wrong ones are refused (%#)", (tls, message) => {
    // @ts-expect-error: wrong on purpose.
    expect(() => startFlagServer({ tls })).toThrow(message);
  });
});

describe("the certificate", () => {
  test("names what it is for, and is valid for about a year", () => {
    const nowMs = Date.parse("2049-06-01T12:00:00Z");
    const { cert } = makeCertificate(["localhost", "127.0.0.1", "::1", "2001:db8::a:1"], nowMs);
    const read = new X509Certificate(cert);
    expect(read.subjectAltName).toBe(
      "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:A:1",
    );
    expect([read.ca, read.verify(read.publicKey), read.checkHost("localhost")]).toEqual([
      true,
      true,
      "localhost",
    ]);
    expect(Date.parse(read.validFrom)).toBe(nowMs - 24 * 60 * 60 * 1000);
    // Beyond 2049 a year has four digits.
    expect(Date.parse(read.validTo)).toBe(nowMs + 365 * 24 * 60 * 60 * 1000);
  });

  test.each([
    ["10.0.0.255", "0a0000ff"],
    ["::", "0".repeat(32)],
    ["fe80::1:0", `fe80${"0".repeat(20)}00010000`],
    ["::ffff:1.2.3.4", `${"0".repeat(20)}ffff01020304`],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
  ])("writes %s as bytes", (address, hex) => {
    expect(ipBytes(address).toString("hex")).toBe(hex);
  });
});
