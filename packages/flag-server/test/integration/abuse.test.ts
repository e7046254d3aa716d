import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

import { flagManifest, launchFlagServer, startFlagServer } from "../../src/index.js";
import { askControl } from "../support/control.js";
import { ask, openSocket, readToEnd } from "../support/http.js";
import { fixture, runNode, until } from "../support/processes.js";

const GET = "GET /flags/us/us.gif HTTP/1.1\r\nHost: localhost\r\n";

/** What each of 1,250 connections sends, and then keeps open as long as it is let. */
const ABUSES: Readonly<Record<string, (number: number) => string>> = {
  "half a head, for ever (slowloris)": (number) => `${GET}X-${number}: `,
  "a head without end": () => `${GET}X-Flood: ${"x".repeat(40_000)}`,
  "thousands of fields": (number) => `${GET}${`X-${number}: y\r\n`.repeat(3000)}\r\n`,
  "fifty requests at once, and reads no reply": () => `${GET}\r\n`.repeat(50),
  "no methods": (number) =>
    `F${"U".repeat(number % 30)}ZZ /flags/us/us.gif HTTP/1.1\r\nHost: x\r\n\r\n`,
  "paths that lead out": (number) =>
    `GET ${["/../../../etc/passwd", "/flags/../../package.json", "/%2e%2e/%2e%2e/etc/passwd", "/flags/..%5c..%5cetc", "//etc/passwd"][number % 5]} HTTP/1.1\r\nHost: x\r\n\r\n`,
  "a target that is far too long": () => `GET /${"a".repeat(30_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  "a body that never comes": () =>
    `POST /flags/us/us.gif HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n`,
};
const EACH = 1250;
const AT_ONCE = 250;

/** Opens a connection that reads nothing of what comes. */
async function abuse(port: number, text: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.pause();
  socket.write(text);
  return socket;
}

describe("abuse", () => {
  test("10,000 connections that mean harm leave the server serving, and it stops by itself", async () => {
    await using server = await launchFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      graceMs: 1000,
      control: true,
    });
    const port = Number(new URL(server.urls.LOCAL).port);
    const sockets: Socket[] = [];
    for (const textOf of Object.values(ABUSES)) {
      for (let number = 0; number < EACH; number += AT_ONCE) {
        const numbers = Array.from({ length: AT_ONCE }, (_, index) => number + index);
        sockets.push(...(await Promise.all(numbers.map((one) => abuse(port, textOf(one))))));
      }
      // Every kind on top of all that came before.
      const { status, body } = await ask(`${server.urls.LOCAL}/us/us.gif`);
      const digest = createHash("sha256").update(body).digest("hex");
      expect([status, digest]).toEqual([200, flagManifest().flags["US"]?.sha256]);
    }
    expect(sockets).toHaveLength(10_000);
    const { text } = await askControl(server.controlUrl, "metrics");
    const accepted = /^flag_server_connections_total\{listener="LOCAL"\} (\d+)$/m.exec(text)?.[1];
    expect(Number(accepted)).toBe(10_000 + Object.keys(ABUSES).length);

    // Told in this way nobody kills it if it takes longer.
    process.kill(server.pid, "SIGTERM");
    expect(await server.exited).toEqual({ code: 0, signal: null });
    for (const socket of sockets) socket.destroy();
  });

  test("12,000 long paths, queries and runs take no memory to speak of, and a reset gives it back", async () => {
    await using run = runNode(fixture("long-paths.mjs"));
    expect(await run.ended).toEqual({ code: 0, signal: null });
    const { heldMiB, afterResetMiB } = JSON.parse(run.output.stdout) as Record<string, number>;
    // 144 MB of text have come. Of each of 10,000 requests the journal keeps a few kilobytes: more requests take no more.
    expect(heldMiB).toBeLessThan(65);
    expect(afterResetMiB).toBeLessThan(25);
  });

  test("a head that does not come to its end within 10 s is cut off with 408", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"], graceMs: 0 });
    const silent = await openSocket(server.ports.LOCAL);
    const slow = await openSocket(server.ports.LOCAL, GET);
    // A byte now and then does not buy more time.
    const drip = setInterval(() => slow.write("X"), 500);
    const replies = await Promise.all([readToEnd(silent), readToEnd(slow)]);
    clearInterval(drip);
    for (const reply of replies) expect(reply).toMatch(/^HTTP\/1\.1 408 |^$/);
    expect(replies[1]).toMatch(/^HTTP\/1\.1 408 /);
  });

  test.each([
    ["a head of 40,000 bytes", `${GET}X: ${"x".repeat(40_000)}\r\n\r\n`, 431],
    ["a target of 30,000 bytes", `GET /${"a".repeat(30_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ["an unknown method", "FUZZ / HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["two lengths that differ", `${GET}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400],
    ["a length and chunks", `${GET}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
    ["a space before the colon", `${GET}X : y\r\n\r\n`, 400],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["a broken escape", `GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 400],
    ["TRACE", `TRACE /flags/us/us.gif HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 405],
    ["CONNECT", `CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n`, undefined],
    ["an upgrade", `${GET}Connection: upgrade\r\nUpgrade: h2c\r\n\r\n`, 200],
  ])("answers %s as it should", async (_name, text, status) => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"], graceMs: 0 });
    const socket = await openSocket(server.ports.LOCAL, text);
    socket.end();
    const reply = await readToEnd(socket);
    expect(reply.slice(0, 13)).toBe(status === undefined ? "" : `HTTP/1.1 ${status} `);
    await until(() => server.stats().LOCAL.openConnections === 0);
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`)).status).toBe(200);
  });

  test("bytes of any kind neither end it nor leave a request open", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      graceMs: 0,
      faultHeaders: true,
      profile: "flaky-cdn",
    });
    const word = fc.constantFrom(
      ...[
        "GET ",
        "HEAD ",
        "POST ",
        "/flags/us/us.gif",
        "/%",
        " HTTP/1.1\r\n",
        "Host: x\r\n",
        "\r\n",
      ],
      ...[
        "Range: bytes=0-",
        "If-None-Match: ",
        "X-Fault: ",
        '{"kind":"reset"}',
        "Content-Length: 3\r\n",
      ],
      ...["Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "\0", "é", "Expect: 100-continue\r\n"],
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 20 }).map((words) => words.join("")),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(text, async (bytes) => {
        const socket = await openSocket(server.ports.LOCAL, bytes);
        socket.end();
        socket.resume();
        await new Promise((resolve) => setImmediate(resolve));
        socket.destroy();
      }),
      { numRuns: 500 },
    );
    await until(() => server.stats().LOCAL.openConnections === 0);
    expect(server.stats().LOCAL.concurrentRequests).toBe(0);
    const headers = { "X-Fault": '{"kind":"pass"}' };
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`, { headers })).status).toBe(200);
  });
});
