import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  launchFlagServer,
  startFlagServer,
  type FaultRule,
  type FlagServer,
} from "@concur/flag-server";
import {
  NO_LIMITS,
  readCounts,
  startFaultServer,
  startGatedServer,
  totalOf,
  untilPrinted,
  type HeldRequest,
} from "@concur/flags-common/testing";
import { describe, expect, test } from "@jest/globals";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../jest.where.mjs";
import { hasTerminals, NO_TERMINALS, openEmulator, openWorkplace } from "./fixtures/harness.js";

/** One flag comes at once; all others keep a program waiting for longer than any test takes. */
const ONLY_AD: readonly FaultRule[] = [
  { match: { codes: ["AD"] }, fault: { kind: "pass" } },
  { fault: { kind: "hang" } },
];

/** Resolves when a server has got so many requests. */
async function untilAsked(server: FlagServer<"LOCAL">, requests: number): Promise<void> {
  while (server.stats().LOCAL.requests < requests) await sleep(5);
}

describe("flags-async at any width", () => {
  test("the same seed gives the same flags, errors and misses, 676 in all", async () => {
    const run = async (width: number) => {
      await using server = await startFlagServer({
        port: 0,
        listeners: ["ERROR"],
        seed: 42,
        delayMs: 5,
      });
      await using workplace = await openWorkplace();
      const args = [
        "-s",
        "ERROR",
        "-e",
        "-m",
        String(width),
        ...NO_LIMITS,
        "--base-url",
        server.urls.ERROR,
      ];
      const result = await workplace.start(args).result;
      expect(result.exitCode).toBe(1);
      expect(result.stdout).toContain(`\n${Math.min(width, 676)} concurrent connections will be`);
      expect(await workplace.badFiles()).toEqual([]);
      const counts = readCounts(result.stdout);
      expect(result.stderr).toMatch(
        new RegExp(`^\\*\\*\\* ${counts.error} errors: \\d+ × HTTP 50\\d - [^\\n]+\\n$`),
      );
      return { counts, files: await workplace.files() };
    };
    const runs = await Promise.all([5, 1000].map(run));
    const [first] = runs;
    expect(runs).toEqual([first, first]);
    expect(first && totalOf(first.counts)).toBe(676);
    expect(first?.files).toHaveLength(first?.counts.ok ?? 0);
    // A quarter of all fail, with room for chance.
    expect(first?.counts.error).toBeGreaterThan(676 * 0.2);
    expect(first?.counts.error).toBeLessThan(676 * 0.3);
  });

  test.each([1, 7, 20, 60])(
    "KB19: as many as %d requests at once, never more, each on a kept connection",
    async (width) => {
      let answered = 0;
      await using server = await startGatedServer((held) => {
        // Nobody is answered before all who may ask have asked.
        if (held.length < Math.min(width, 60 - answered)) return;
        for (const request of held) request.answer();
        answered += held.length;
      });
      await using workplace = await openWorkplace();
      const args = ["-a", "-l", "60", "-m", String(width), ...NO_LIMITS];
      const result = await workplace.start([...args, "--base-url", server.baseUrl]).result;
      expect(result).toMatchObject({ exitCode: 0, stderr: "" });
      expect(server.counts).toEqual({ requests: 60, peak: width, connections: width });
      expect(await workplace.files()).toHaveLength(60);
    },
  );

  test("KB23, FL27: -v prints whole lines, each flag once, as they come", async () => {
    let first: HeldRequest | undefined;
    await using server = await startGatedServer((held) => {
      for (const request of held) {
        if (request.code === "AA") first = request;
        else request.answer();
      }
    });
    await using workplace = await openWorkplace();
    const args = ["-v", "-e", "-m", "100", ...NO_LIMITS, "--base-url", server.baseUrl];
    const program = workplace.start(args);
    // The first one asked for is answered when the last one stands there.
    await untilPrinted(program, /^ZZ OK$/m);
    first?.answer();
    const { stdout } = await program.result;
    const lines = stdout.split("\n").slice(3, -4);
    expect(lines).toHaveLength(676);
    expect(lines.every((line) => /^[A-Z]{2} OK$/.test(line))).toBe(true);
    expect(new Set(lines).size).toBe(676);
    expect(lines.indexOf("AA OK")).toBeGreaterThan(lines.indexOf("ZZ OK"));
  });
});

describe("flags-async in trouble", () => {
  test("the server dies in mid-run", async () => {
    await using server = await launchFlagServer({ port: 0, listeners: ["LOCAL"], rules: ONLY_AD });
    await using workplace = await openWorkplace();
    const args = ["-v", "-a", "-m", "10", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const program = workplace.start(args);
    await untilPrinted(program, /^AD OK$/m);
    process.kill(server.pid, "SIGKILL");
    const result = await program.result;
    expect(result).toMatchObject({ exitCode: 1, stderr: "" });
    const counts = readCounts(result.stdout);
    expect(counts).toMatchObject({ ok: 1, error: 193 });
    const errors = result.stdout.split("\n").filter((line) => line.startsWith("***"));
    expect(errors).toHaveLength(193);
    for (const line of errors) {
      expect(line).toMatch(
        /^\*\*\* Error for [A-Z]{2}: (Connection (refused|reset|closed without an answer)|body is truncated .*)$/,
      );
    }
    expect(await workplace.files()).toEqual(["ad.gif"]);
    expect(await workplace.badFiles()).toEqual([]);
  });

  test("KB5: the disk fills up: one line, exit code 3, whole files only", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const args = ["-a", "-m", "20", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const result = await workplace.start(args, { fileSizeBlocks: 4 }).result;
    expect(result).toMatchObject({
      exitCode: 3,
      stderr: "*** cannot write to downloads/: file too large\n",
    });
    const counts = readCounts(result.stdout);
    expect(totalOf(counts)).toBe(194);
    expect(counts.notStarted).toBeGreaterThan(0);
    expect(await workplace.files()).toHaveLength(counts.ok);
    expect(await workplace.badFiles()).toEqual([]);
  });

  test("KB5: downloads is a file: one line, exit code 3, no request", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    await writeFile(join(workplace.path, "downloads"), "not a folder");
    expect(await workplace.start([...NO_LIMITS, "--base-url", server.urls.LOCAL]).result).toEqual({
      exitCode: 3,
      signal: null,
      stdout: "",
      stderr: "*** cannot write to downloads/: not a folder\n",
    });
    expect(server.stats().LOCAL.requests).toBe(0);
  });

  test("a run that was killed leaves temporary files; the next one removes them", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    await mkdir(join(workplace.path, "downloads"));
    const dead = workplace.start(["-h"]);
    await dead.result;
    const leftover = `.us.gif.${dead.child.pid ?? 0}.1.part`;
    await writeFile(join(workplace.path, "downloads", leftover), "GIF89a");
    await workplace.start(["us", ...NO_LIMITS, "--base-url", server.urls.LOCAL]).result;
    expect(await workplace.files()).toEqual(["us.gif"]);
  });
});

describe("flags-async behind a proxy", () => {
  test("sends what is for other machines through the proxy of the environment", async () => {
    const answer =
      "HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\nContent-Length: 10\r\n\r\nGIF89a123;";
    await using proxy = await startFaultServer((socket) => socket.end(answer));
    await using workplace = await openWorkplace();
    const { origin } = new URL(proxy.baseUrl);
    const env = { http_proxy: origin, HTTP_PROXY: origin, no_proxy: "", NO_PROXY: "" };
    const args = ["us", "br", "--base-url", "http://flags.example/flags"];
    const result = await workplace.start(args, { env }).result;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await workplace.files()).toEqual(["br.gif", "us.gif"]);
  });
});

describe("flags-async is stopped", () => {
  test("KB17: by SIGINT: the report adds up, exit code 130, no temporary files", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"], rules: ONLY_AD });
    await using workplace = await openWorkplace();
    const args = ["-v", "-e", "-m", "20", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const program = workplace.start(args);
    await untilPrinted(program, /^AD OK$/m);
    await untilAsked(server, 21);
    program.child.kill("SIGINT");
    const result = await program.result;
    expect(result).toMatchObject({ exitCode: 130, signal: null, stderr: "" });
    expect(readCounts(result.stdout)).toMatchObject({ ok: 1, error: 20, notStarted: 655 });
    const interrupted = result.stdout.match(/^\*\*\* Error for [A-Z]{2}: interrupted$/gm);
    expect(interrupted).toHaveLength(20);
    expect(await workplace.files()).toEqual(["ad.gif"]);
    expect(await workplace.badFiles()).toEqual([]);
    expect(server.stats().LOCAL.requests).toBe(21);
  });

  test("by SIGTERM: exit code 143", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"], rules: ONLY_AD });
    await using workplace = await openWorkplace();
    const args = ["-v", "-e", "-m", "20", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const program = workplace.start(args);
    await untilPrinted(program, /^AD OK$/m);
    program.child.kill("SIGTERM");
    const result = await program.result;
    expect(result).toMatchObject({ exitCode: 143, stderr: "" });
    expect(totalOf(readCounts(result.stdout))).toBe(676);
  });

  test("by the end of its reader, as in | head -1: quietly", async () => {
    let answers = 0;
    let waiting: readonly HeldRequest[] = [];
    const answerFive = (held: readonly HeldRequest[]): void => {
      waiting = held;
      if (answers === 0) return;
      for (const request of held.slice(0, answers)) request.answer();
      answers = Math.max(0, answers - held.length);
    };
    await using server = await startGatedServer(answerFive);
    await using workplace = await openWorkplace();
    const program = workplace.start(["-v", "-e", ...NO_LIMITS, "--base-url", server.baseUrl]);
    await untilPrinted(program, /\n/);
    program.child.stdout?.destroy();
    // It notices when it has something to say.
    answers = 5;
    answerFive(waiting);
    expect(await program.result).toMatchObject({ exitCode: 141, stderr: "" });
    expect(server.counts.requests).toBeLessThanOrEqual(10);
  });
});

describeWhere(hasTerminals, "flags-async in trouble on a terminal", NO_TERMINALS, () => {
  test.each([{ columns: 80 }, { columns: 40, env: { FORCE_COLOR: "1" } }])(
    "the server dies in mid-run, %j",
    async (kind) => {
      await using server = await launchFlagServer({
        port: 0,
        listeners: ["LOCAL"],
        rules: ONLY_AD,
      });
      await using workplace = await openWorkplace();
      const args = ["-a", "-m", "10", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
      const program = workplace.startOnTerminal(args, { open: openEmulator, ...kind });
      await program.untilShown(/ 1\/194 \[/);
      process.kill(server.pid, "SIGKILL");
      const { exitCode, isInOrder, lines } = await program.result;
      expect({ exitCode, isInOrder }).toEqual({ exitCode: 1, isInOrder: true });
      expect(lines.slice(1)).toEqual([
        "Searching for 194 flags: from AD to ZW",
        "10 concurrent connections will be used.",
        "--------------------",
        "1 flag downloaded.",
        "193 errors.",
        expect.stringMatching(/^Elapsed time: /),
        expect.stringMatching(/^\*\*\* 193 errors: \d+ × Connection refused, \d+ × /),
      ]);
      expect(await workplace.files()).toEqual(["ad.gif"]);
    },
  );

  test("KB5: the disk fills up: one line more than the report, exit code 3", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    const args = ["-a", "-m", "20", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const terminal = { open: openEmulator, columns: 80 };
    const { result } = workplace.startOnTerminal(args, terminal, { fileSizeBlocks: 4 });
    const { exitCode, isInOrder, lines } = await result;
    expect({ exitCode, isInOrder }).toEqual({ exitCode: 3, isInOrder: true });
    expect(lines.at(-1)).toBe("*** cannot write to downloads/: file too large");
    expect(totalOf(readCounts(lines.join("\n")))).toBe(194);
    expect(lines.join("\n")).not.toContain("%|");
    expect(await workplace.badFiles()).toEqual([]);
  });

  test("KB5: downloads is a file: one line, exit code 3, no request", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using workplace = await openWorkplace();
    await writeFile(join(workplace.path, "downloads"), "not a folder");
    const args = [...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const { result } = workplace.startOnTerminal(args, { open: openEmulator, columns: 80 });
    expect(await result).toMatchObject({
      exitCode: 3,
      lines: ["*** cannot write to downloads/: not a folder"],
    });
    expect(server.stats().LOCAL.requests).toBe(0);
  });
});
