import { describe, expect, test } from "@jest/globals";
import { provideServer, type StartServer } from "../../../src/run/provide-server.js";
import { serveGifs, type TestServer } from "../../fixtures/servers.js";

const stopped = { stop: () => Promise.resolve() };
const neverStart: StartServer = () => Promise.reject(new Error("nobody asked for this"));

async function freePort(): Promise<string> {
  const server = await serveGifs();
  await server[Symbol.asyncDispose]();
  return localUrl(server);
}

function localUrl(server: TestServer): string {
  return `http://localhost:${server.port}/flags`;
}

describe("provideServer", () => {
  test("starts a server when none listens, and says so", async () => {
    const baseUrl = await freePort();
    const asked: unknown[] = [];
    const startServer: StartServer = (...args) => {
      asked.push(args);
      return Promise.resolve(stopped);
    };
    const { host } = new URL(baseUrl);
    const request = { server: "ERROR", baseUrl, ownBaseUrl: false, seed: 42, startServer } as const;
    expect(await provideServer(request)).toEqual({
      server: stopped,
      note: `No server at ${host}: started one for this run.`,
    });
    expect(asked).toEqual([["ERROR", 42]]);
  });

  test("uses the server that listens, and says so only when a seed was given", async () => {
    await using server = await serveGifs();
    const request = {
      server: "LOCAL",
      baseUrl: localUrl(server),
      ownBaseUrl: false,
      seed: undefined,
      startServer: neverStart,
    } as const;
    expect(await provideServer(request)).toEqual({ server: undefined, note: undefined });
    expect(await provideServer({ ...request, seed: 7 })).toEqual({
      server: undefined,
      note: `--seed 7 has no effect: a server is already running at localhost:${server.port}.`,
    });
  });

  test("starts none for REMOTE, for an address of the user's own, or without a way to", async () => {
    const baseUrl = await freePort();
    const request = { server: "LOCAL", baseUrl, ownBaseUrl: false, seed: undefined } as const;
    const nothing = { server: undefined, note: undefined };
    const startServer = neverStart;
    expect(await provideServer({ ...request, server: "REMOTE", startServer })).toEqual(nothing);
    expect(await provideServer({ ...request, ownBaseUrl: true, startServer })).toEqual(nothing);
    expect(await provideServer({ ...request, startServer: undefined })).toEqual(nothing);
    expect(
      await provideServer({ ...request, ownBaseUrl: true, startServer, seed: 7 }),
    ).toMatchObject({ note: "--seed 7 has no effect: this program starts no server." });
  });

  test("uses the server of somebody who was faster", async () => {
    const baseUrl = await freePort();
    const port = Number(new URL(baseUrl).port);
    let faster: TestServer | undefined;
    const startServer: StartServer = async () => {
      faster = await serveGifs(port);
      const inner = Object.assign(new Error("address already in use"), { code: "EADDRINUSE" });
      throw new Error("cannot listen", { cause: inner });
    };
    try {
      const request = {
        server: "LOCAL",
        baseUrl,
        ownBaseUrl: false,
        seed: 7,
        startServer,
      } as const;
      expect(await provideServer(request)).toEqual({
        server: undefined,
        note: `--seed 7 has no effect: a server is already running at localhost:${port}.`,
      });
      expect(faster).toBeDefined();
    } finally {
      await faster?.[Symbol.asyncDispose]();
    }
  });

  test("says in one line why no server could be started", async () => {
    const baseUrl = await freePort();
    const startServer: StartServer = () => Promise.reject(new Error("no images\nat line 5"));
    await expect(
      provideServer({ server: "DELAY", baseUrl, ownBaseUrl: false, seed: undefined, startServer }),
    ).rejects.toMatchObject({
      name: "ServerStartError",
      message: "cannot start the DELAY server: no images",
    });
  });

  test("an address in use where nobody answers is a failure, too", async () => {
    const baseUrl = await freePort();
    const inUse = Object.assign(new Error("address already in use"), { code: "EADDRINUSE" });
    const startServer: StartServer = () => Promise.reject(inUse);
    await expect(
      provideServer({ server: "LOCAL", baseUrl, ownBaseUrl: false, seed: undefined, startServer }),
    ).rejects.toThrow("cannot start the LOCAL server: address already in use");
  });
});
