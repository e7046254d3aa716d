import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import { startFlagServer } from "@concur/flag-server";
import {
  readCounts,
  reserveDefaultPorts,
  startDeafServer,
  totalOf,
  untilPrinted,
  type RunningProgram,
} from "@concur/flags-common/testing";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../jest.where.mjs";
import { hasTerminals, NO_TERMINALS, openEmulator, openWorkplace } from "./fixtures/harness.js";

/** Resolves when the port takes no more connections. */
async function untilClosed(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => {
        resolve(true);
      });
      socket.once("error", () => {
        resolve(false);
      });
    });
    socket.destroy();
    if (!open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The process ids of a program's children. */
async function childrenOf({ child }: RunningProgram): Promise<number[]> {
  const pid = child.pid ?? 0;
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return list.trim().split(" ").filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("flags-async and its own server", () => {
  let ports: AsyncDisposable;

  beforeEach(async () => {
    ports = await reserveDefaultPorts();
  });

  afterEach(async () => {
    await ports[Symbol.asyncDispose]();
  });

  test("says so when a server at the port has no flags at all", async () => {
    const stranger = createServer((_request, response) => response.writeHead(404).end());
    await once(stranger.listen(8001, "127.0.0.1"), "listening");
    await using workplace = await openWorkplace();
    const result = await workplace.start(["-l3"]).result;
    expect(result).toMatchObject({
      exitCode: 1,
      stderr: "*** not a server of flags: localhost:8001\n",
    });
    expect(readCounts(result.stdout)).toMatchObject({ ok: 0, notFound: 3 });
    stranger.closeAllConnections();
    await new Promise((resolve) => stranger.close(resolve));
  });

  test("starts one when none runs, and stops it", async () => {
    await using workplace = await openWorkplace();
    const result = await workplace.start([]).result;
    expect(result.stdout.replace(/time: .*s/, "time: 0.00s")).toBe(
      [
        "LOCAL site: http://localhost:8001/flags",
        "Searching for 20 flags: from BD to VN",
        "5 concurrent connections will be used.",
        "--------------------",
        "20 flags downloaded.",
        "Elapsed time: 0.00s\n",
      ].join("\n"),
    );
    expect(result.stderr).toBe("No server at localhost:8001: started one for this run.\n");
    expect(result.exitCode).toBe(0);
    expect(await workplace.files()).toHaveLength(20);
    expect(await workplace.badFiles()).toEqual([]);
    await untilClosed(8001);
  });

  test("hands the seed on: the same one, the same counts", async () => {
    const counts = [];
    for (const seed of ["42", "42", "43"]) {
      await using workplace = await openWorkplace();
      const args = ["-s", "ERROR", "-a", "-m", "200", "--seed", seed];
      const result = await workplace.start(args).result;
      expect(result.stdout).toContain("ERROR site: http://localhost:8003/flags\n");
      expect(result.stderr).toMatch(
        /^No server at localhost:8003: started one for this run\.\n\*\*\* \d+ errors: .*\n$/,
      );
      counts.push(result.stderr);
    }
    expect(counts[1]).toEqual(counts[0]);
    expect(counts[2]).not.toEqual(counts[0]);
  });

  test("uses the server that runs already", async () => {
    await using server = await startFlagServer({ listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const result = await workplace.start(["-l3", "--seed", "42"]).result;
    expect(result).toMatchObject({
      exitCode: 0,
      stderr: "--seed 42 has no effect: a server is already running at localhost:8001.\n",
    });
    expect(server.stats().LOCAL.requests).toBe(3);
    // It is not ours to stop.
    expect(await workplace.start(["us"]).result).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("says in one line that its server cannot be started", async () => {
    await using deaf = await startDeafServer(8001);
    await using workplace = await openWorkplace();
    const result = await workplace.start(["us"]).result;
    expect(deaf.baseUrl).toContain(":8001/");
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toMatch(/^\*\*\* cannot start the LOCAL server: [^\n]*8001[^\n]*\n$/);
  });

  test("Ctrl-C stops both, and still reports", async () => {
    await using workplace = await openWorkplace();
    const program = workplace.start(["-v", "-s", "DELAY", "-e", "-m", "20"]);
    await untilPrinted(program, /^AD OK$/m);
    const children = await childrenOf(program);
    expect(children).toHaveLength(1);
    program.child.kill("SIGINT");
    const result = await program.result;
    expect(result.exitCode).toBe(130);
    const { ok, notFound, error, notStarted } = readCounts(result.stdout);
    expect(ok + notFound + error + notStarted).toBe(676);
    expect(children.filter(isAlive)).toEqual([]);
  });

  test("Ctrl-C twice ends both as well", async () => {
    await using workplace = await openWorkplace();
    const program = workplace.start(["-v", "-s", "DELAY", "-e", "-m", "20"]);
    await untilPrinted(program, /^AD OK$/m);
    const children = await childrenOf(program);
    program.child.kill("SIGINT");
    program.child.kill("SIGINT");
    expect(await program.result).toMatchObject({ exitCode: 130, signal: null });
    expect(children).toHaveLength(1);
    await untilClosed(8002);
  });

  test("a program that is killed takes its server with it", async () => {
    await using workplace = await openWorkplace();
    const program = workplace.start(["-v", "-s", "DELAY", "-e", "-m", "20"]);
    await untilPrinted(program, /^AD OK$/m);
    program.child.kill("SIGKILL");
    expect(await program.result).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    await untilClosed(8002);
  });

  describeWhere(hasTerminals, "on a terminal", NO_TERMINALS, () => {
    test.each([80, 40])("of %d columns starts one, and reports", async (columns) => {
      await using workplace = await openWorkplace();
      const { result } = workplace.startOnTerminal([], { open: openEmulator, columns });
      const { exitCode, isInOrder, lines } = await result;
      expect({ exitCode, isInOrder }).toEqual({ exitCode: 0, isInOrder: true });
      expect(lines).toEqual([
        "No server at localhost:8001: started one for this run.",
        "LOCAL site: http://localhost:8001/flags",
        "Searching for 20 flags: from BD to VN",
        "5 concurrent connections will be used.",
        "--------------------",
        "20 flags downloaded.",
        expect.stringMatching(/^Elapsed time: \d+\.\d\ds$/),
      ]);
      expect(await workplace.badFiles()).toEqual([]);
      await untilClosed(8001);
    });

    test("there uses the server that runs already", async () => {
      await using server = await startFlagServer({ listeners: ["LOCAL"] });
      await using workplace = await openWorkplace();
      const terminal = { open: openEmulator, columns: 40 };
      const { result } = workplace.startOnTerminal(["-l3", "--seed", "42"], terminal);
      const { exitCode, lines } = await result;
      expect(exitCode).toBe(0);
      expect(lines.slice(0, 3)).toEqual([
        "--seed 42 has no effect: a server is already running at localhost:8001.",
        "LOCAL site: http://localhost:8001/flags",
        "Searching for 3 flags: BD, BR, CD",
      ]);
      expect(server.stats().LOCAL.requests).toBe(3);
    });

    test("there says in one line that its server cannot be started", async () => {
      await using deaf = await startDeafServer(8001);
      await using workplace = await openWorkplace();
      const { result } = workplace.startOnTerminal(["us"], { open: openEmulator, columns: 80 });
      const { exitCode, isInOrder, lines } = await result;
      expect({ exitCode, isInOrder }).toEqual({ exitCode: 1, isInOrder: true });
      expect(lines).toEqual([expect.stringMatching(/^\*\*\* cannot start the LOCAL server: /)]);
      expect(deaf.baseUrl).toContain(":8001/");
    });

    test("there Ctrl-C stops both, and still reports", async () => {
      await using workplace = await openWorkplace();
      const args = ["-v", "-s", "DELAY", "-e", "-m", "20"];
      const program = workplace.startOnTerminal(args, { open: openEmulator, columns: 80 });
      await program.untilShown(/^AD OK$/m);
      program.type("\u0003");
      const { exitCode, lines } = await program.result;
      expect(exitCode).toBe(130);
      expect(totalOf(readCounts(lines.join("\n")))).toBe(676);
      await untilClosed(8002);
    });
  });
});
