import { Agent } from "node:http";

import { describe, expect, test } from "@jest/globals";

import { startFlagServer, type FlagServer } from "../../src/index.js";
import { ask, openSocket, readToEnd } from "../support/http.js";
import { fixture, runNode, until } from "../support/processes.js";

const GET_FLAG = "GET /flags/us/us.gif HTTP/1.1\r\nHost: localhost\r\n\r\n";
/** Far beyond the time limit of a test: a stop that waits for it fails. */
const NEVER_MS = 10 * 60_000;

function start(graceMs = NEVER_MS): Promise<FlagServer> {
  return startFlagServer({ port: 0, graceMs, delayMs: NEVER_MS });
}

describe("stop()", () => {
  test("refuses new connections, and calling it again is no error", async () => {
    const server = await start();
    const first = server.stop();
    expect(server.stop()).toBe(first);
    await first;
    await server.stop();
    for (const port of Object.values(server.ports)) {
      await expect(openSocket(port)).rejects.toThrow("ECONNREFUSED");
    }
  });

  test("sends delayed replies at once, whole, and closes their connections", async () => {
    const server = await start();
    const agent = new Agent({ keepAlive: true });
    const reply = ask(`${server.urls.DELAY}/us/us.gif`, { agent });
    await until(() => server.stats().DELAY.concurrentRequests === 1);
    await server.stop();
    const { status, headers, body } = await reply;
    expect(status).toBe(200);
    expect(headers.connection).toBe("close");
    expect(body.length).toBe(Number(headers["content-length"]));
    agent.destroy();
  });

  test("does not wait for connections that are kept alive with nothing to do", async () => {
    const server = await start();
    const agent = new Agent({ keepAlive: true });
    await ask(`${server.urls.LOCAL}/us/us.gif`, { agent });
    expect(server.stats().LOCAL.openConnections).toBe(1);
    await server.stop();
    expect(server.stats().LOCAL.openConnections).toBe(0);
    agent.destroy();
  });

  test("does not wait for connections on which nothing was sent", async () => {
    const server = await start();
    const socket = await openSocket(server.ports.LOCAL);
    await until(() => server.stats().LOCAL.openConnections === 1);
    await server.stop();
    expect(await readToEnd(socket)).toBe("");
  });

  test("answers a request that was half sent when it began", async () => {
    const server = await start();
    const socket = await openSocket(server.ports.LOCAL, GET_FLAG.slice(0, 20));
    await until(() => server.stats().LOCAL.openConnections === 1);
    // A second connection whose reply is there proves that the first one's bytes were read before.
    await ask(`${server.urls.LOCAL}/us/us.gif`);
    const stopped = server.stop();
    socket.write(GET_FLAG.slice(20));
    const reply = await readToEnd(socket);
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(reply).toMatch(/\r\nConnection: close\r\n/);
    await stopped;
  });

  test.each([
    ["half a request", GET_FLAG.slice(0, 20)],
    ["half a body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"],
    ["a thousand requests and never reads", GET_FLAG.repeat(1000)],
  ])("cuts off a client that sent %s when the grace is over", async (_name, text) => {
    const server = await start(200);
    const socket = await openSocket(server.ports.LOCAL, text);
    socket.pause();
    await until(() => server.stats().LOCAL.openConnections === 1);
    await ask(`${server.urls.LOCAL}/us/us.gif`);
    await server.stop();
    expect(server.stats().LOCAL.openConnections).toBe(0);
    socket.destroy();
  });

  test("does not wait for the delayed reply of a client that closed its side", async () => {
    const server = await start();
    const socket = await openSocket(server.ports.DELAY, GET_FLAG);
    await until(() => server.stats().DELAY.requests === 1);
    socket.end();
    await readToEnd(socket);
    await server.stop();
    expect(server.stats().DELAY).toMatchObject({ openConnections: 0, concurrentRequests: 0 });
  });

  test("leaves no socket, timer or listener: a program that stopped its servers ends by itself", async () => {
    await using run = runNode(fixture("start-and-stop.mjs"));
    expect(await run.ended).toEqual({ code: 0, signal: null });
    expect(run.output).toEqual({ stdout: "[]\n", stderr: "" });
  });
});
