import { execFileSync } from "node:child_process";

import { describe, expect, test } from "@jest/globals";

import {
  flagManifest,
  launchFlagServer,
  startFlagServer,
  type FaultRule,
} from "../../src/index.js";
import { ask, openSocket } from "../support/http.js";
import { fixture, isGone, runNode, until, type Run } from "../support/processes.js";

describe("launchFlagServer()", () => {
  test("serves flags from another process until it is stopped", async () => {
    const server = await launchFlagServer({ port: 0 });
    expect(server.pid).not.toBe(process.pid);
    expect(Object.keys(server.urls)).toEqual(["LOCAL", "DELAY", "ERROR"]);
    const { status, body } = await ask(`${server.urls.LOCAL}/us/us.gif`);
    expect([status, body.length]).toEqual([200, flagManifest().flags["US"]?.bytes]);

    const first = server.stop();
    expect(server.stop()).toBe(first);
    await first;
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(isGone(server.pid)).toBe(true);
    await expect(ask(`${server.urls.LOCAL}/us/us.gif`)).rejects.toThrow();
  });

  test("hands every option on", async () => {
    await using launched = await launchFlagServer({
      port: 0,
      host: "127.0.0.1",
      listeners: ["ERROR"],
      seed: "-1 'x' \"ü\"",
      delayMs: 0,
      errorRate: 0.5,
      delayRate: 1e-7,
      graceMs: 1,
    });
    await using here = await startFlagServer({
      port: 0,
      listeners: ["ERROR"],
      seed: "-1 'x' \"ü\"",
      errorRate: 0.5,
      delayRate: 0,
    });
    expect(launched.urls).toEqual({
      ERROR: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/flags$/),
    });
    const codes = Object.keys(flagManifest().flags).map((code) => code.toLowerCase());
    const statuses = async (base: string) =>
      Promise.all(codes.map(async (code) => (await ask(`${base}/${code}/${code}.gif`)).status));
    expect(await statuses(launched.urls.ERROR)).toEqual(await statuses(here.urls.ERROR));
  });

  test("takes rules of any size: they need not fit into an argument", async () => {
    const rules: FaultRule[] = Array.from({ length: 900 }, (_, index) => ({
      name: `large-${index}`,
      match: { codes: ["zz"] },
      fault: { kind: "status", status: 500, body: "x".repeat(5000) },
    }));
    rules.push({ match: { codes: ["us"] }, fault: { kind: "status", status: 410 } });
    expect(JSON.stringify(rules).length).toBeGreaterThan(4 * 1024 * 1024);
    await using server = await launchFlagServer({ port: 0, listeners: ["LOCAL"], rules });
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`)).status).toBe(410);
  });

  test("shows nothing of its options in the list of processes", async () => {
    const controlToken = "a-token-that-is-secret";
    await using server = await launchFlagServer({ port: 0, listeners: ["LOCAL"], controlToken });
    const args = execFileSync("ps", ["-o", "args=", "-p", String(server.pid)], {
      encoding: "utf8",
    });
    expect(args).toMatch(/--launched\s*$/);
    const status = async (headers = {}) =>
      (await ask(`${server.controlUrl}api/rules`, { headers })).status;
    expect(await status()).toBe(401);
    expect(await status({ Authorization: `Bearer ${controlToken}` })).toBe(200);
  });

  test("takes an empty seed for a seed", async () => {
    await using server = await launchFlagServer({ port: 0, listeners: ["LOCAL"], seed: "" });
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`)).status).toBe(200);
  });

  test("rejects with the line and the code of a listener that could not start", async () => {
    await using busy = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    const port = busy.ports.LOCAL;
    const launch = launchFlagServer({ port, listeners: ["LOCAL"] });
    await expect(launch).rejects.toMatchObject({
      code: "EADDRINUSE",
      message: `LOCAL cannot listen: port ${port} is in use; stop the program that has it or choose another port`,
    });
  });

  test("tells of a server that was killed, and stop() is then no error", async () => {
    await using server = await launchFlagServer({ port: 0 });
    process.kill(server.pid, "SIGKILL");
    expect(await server.exited).toEqual({ code: null, signal: "SIGKILL" });
    await server.stop();
  });

  test("kills a server that cannot stop by itself", async () => {
    const server = await launchFlagServer({ port: 0, graceMs: 0 });
    // A stopped process hears nothing, not even the end of its channel.
    process.kill(server.pid, "SIGSTOP");
    await server.stop();
    expect(await server.exited).toEqual({ code: null, signal: "SIGKILL" });
  });

  if (process.platform !== "win32") {
    test("puts the server into a session of its own, out of reach of Ctrl-C", async () => {
      await using server = await launchFlagServer({ port: 0 });
      const sessionOf = (pid: number) =>
        execFileSync("ps", ["-o", "sid=", "-p", String(pid)], { encoding: "utf8" }).trim();
      expect(sessionOf(server.pid)).toBe(String(server.pid));
      expect(sessionOf(process.pid)).not.toBe(String(server.pid));
    });
  }
});

describe("a launched server whose parent", () => {
  async function launchedBy(parent: Run): Promise<{ pid: number; port: number }> {
    await until(() => parent.output.stdout.includes("\n"));
    const { pid, urls } = JSON.parse(parent.output.stdout) as {
      pid: number;
      urls: { LOCAL: string };
    };
    return { pid, port: Number(new URL(urls.LOCAL).port) };
  }

  test("is killed with SIGKILL goes as well", async () => {
    await using parent = runNode(fixture("launching-parent.mjs"), ["wait"]);
    const { pid, port } = await launchedBy(parent);
    expect(isGone(pid)).toBe(false);
    (await openSocket(port)).destroy();
    parent.child.kill("SIGKILL");
    expect(await parent.ended).toEqual({ code: null, signal: "SIGKILL" });
    await until(() => isGone(pid));
    await expect(openSocket(port)).rejects.toThrow("ECONNREFUSED");
  });

  test("is killed goes as well, although a client holds a connection open", async () => {
    await using parent = runNode(fixture("launching-parent.mjs"), ["wait"]);
    const { pid, port } = await launchedBy(parent);
    const socket = await openSocket(port, "GET /");
    parent.child.kill("SIGKILL");
    await until(() => isGone(pid));
    await expect(openSocket(port)).rejects.toThrow("ECONNREFUSED");
    socket.destroy();
  });

  test("was killed while the server was starting goes as well", async () => {
    await using parent = runNode(fixture("launching-then-killed.mjs"));
    expect(await parent.ended).toEqual({ code: null, signal: "SIGKILL" });
    const pids = parent.output.stdout.trim().split("\n").map(Number);
    expect(pids).toHaveLength(5);
    await until(() => pids.every(isGone));
  });

  test.each([
    ["exit", 7],
    ["throw", 1],
    ["stop", 0],
    ["forget", 0],
  ])("ends with `%s` goes as well, and does not keep its parent", async (ending, code) => {
    await using parent = runNode(fixture("launching-parent.mjs"), [ending]);
    const { pid } = await launchedBy(parent);
    expect(await parent.ended).toMatchObject({ code });
    await until(() => isGone(pid));
  });
});
