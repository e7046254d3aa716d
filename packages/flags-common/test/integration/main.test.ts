import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { flagManifest, startFlagServer } from "@concur/flag-server";
import { describe, expect, test } from "@jest/globals";
import {
  maskReport,
  NO_LIMITS,
  startProgram,
  type StartProgramOptions,
} from "../../src/testing.js";
import { bundledProgram } from "../fixtures/bundled-program.js";
import { Latch } from "../fixtures/latch.js";
import { sendGif, serveGifs, serveHttp, type TestServer } from "../fixtures/servers.js";
import { makeTempFolder } from "../fixtures/temp-folder.js";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const sequential = await bundledProgram("sequential.mjs");
const careless = await bundledProgram("careless.mjs");

/** Runs the sequential program in a folder of its own against a server. */
async function runAgainst(
  server: TestServer,
  args: readonly string[],
  options: Partial<StartProgramOptions> = {},
) {
  await using folder = await makeTempFolder();
  const all = [...NO_LIMITS, ...args, "--base-url", server.baseUrl];
  const result = await startProgram(sequential, all, { cwd: folder.path, ...options }).result;
  const directory = join(folder.path, "downloads");
  return {
    ...result,
    stdout: maskReport(result.stdout, server.baseUrl),
    files: existsSync(directory) ? await readdir(directory) : undefined,
  };
}

/** Answers each code with the status that `fates` has for it, or with a GIF. */
function serveFates(fates: Record<string, number>): Promise<TestServer> {
  return serveHttp((request, response) => {
    const status = fates[request.url?.slice(-6, -4) ?? ""];
    if (status === undefined) sendGif(response);
    else response.writeHead(status).end();
  });
}

describe("main", () => {
  test("downloads flags from a real server, byte for byte", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using folder = await makeTempFolder();
    const args = ["-l5", "b", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const result = await startProgram(sequential, args, { cwd: folder.path }).result;
    expect({ ...result, stdout: maskReport(result.stdout, server.urls.LOCAL) }).toEqual({
      exitCode: 0,
      signal: null,
      stderr: "",
      stdout: [
        "LOCAL site: URL",
        "Searching for 5 flags: BA, BB, BC, BD, BE",
        "1 concurrent connection will be used.",
        "--------------------",
        "4 flags downloaded.",
        "1 not found.",
        "Elapsed time: 0.00s\n",
      ].join("\n"),
    });
    const { flags } = flagManifest();
    for (const cc of ["BA", "BB", "BD", "BE"]) {
      const file = await readFile(join(folder.path, "downloads", `${cc.toLowerCase()}.gif`));
      expect(createHash("sha256").update(file).digest("hex")).toBe(flags[cc]?.sha256);
    }
    expect(await readdir(join(folder.path, "downloads"))).toHaveLength(4);
  });

  test("KB16: an error does not stick to the flags after it", async () => {
    await using server = await serveFates({ br: 503, cn: 404 });
    const result = await runAgainst(server, ["-v", "ar", "br", "cn", "us"]);
    expect(result.stdout.split("\n").slice(3)).toEqual([
      "AR OK",
      "*** Error for BR: HTTP 503 - Service Unavailable",
      "CN not found",
      "US OK",
      "--------------------",
      "2 flags downloaded.",
      "1 not found.",
      "1 error.",
      "Elapsed time: 0.00s",
      "",
    ]);
    expect(result.stderr).toBe("");
    expect(result.files).toEqual(["ar.gif", "us.gif"]);
    expect(result.exitCode).toBe(1);
  });

  test("without -v the reasons are summed up on stderr", async () => {
    await using server = await serveFates({ ar: 503, br: 500, cn: 503 });
    const result = await runAgainst(server, ["ar", "br", "cn", "us"]);
    expect(result.stdout).toContain("\n1 flag downloaded.\n3 errors.\n");
    expect(result.stderr).toBe(
      "*** 3 errors: 2 × HTTP 503 - Service Unavailable, 1 × HTTP 500 - Internal Server Error\n",
    );
  });

  test.each([
    [{}, [], 0],
    [{ us: 404 }, [], 0],
    [{ us: 503 }, [], 1],
    [{ us: 503 }, ["--fail-on", "error"], 1],
    [{ us: 404 }, ["--fail-on", "missing"], 1],
    [{ us: 503 }, ["--fail-on", "missing"], 1],
    [{}, ["--fail-on", "missing"], 0],
    [{ us: 503 }, ["--fail-on", "never"], 0],
  ])("with the fates %j and %j the exit code is %d", async (fates, args, exitCode) => {
    await using server = await serveFates(fates);
    expect(await runAgainst(server, ["us", "br", ...args])).toMatchObject({ exitCode });
  });

  test("KB9, KB13: a server that is down is a reason, not a crash", async () => {
    const server = await serveFates({});
    await server[Symbol.asyncDispose]();
    const result = await runAgainst(server, ["-v", "us"]);
    expect(result.stdout).toContain("*** Error for US: Connection refused\n");
    expect(result).toMatchObject({ exitCode: 1, stderr: "", files: [] });
  });

  test("the time limits of the command line hold", async () => {
    await using server = await serveHttp(() => undefined);
    const idle = await runAgainst(server, [
      "-v",
      "us",
      "--timeout",
      "0.2",
      "--connect-timeout",
      "3600",
    ]);
    expect(idle.stdout).toContain("*** Error for US: timed out after 0.2 s without data\n");
    const total = await runAgainst(server, ["us", "--max-time", "0.3"]);
    expect(total.stderr).toBe("*** 1 error: 1 × took longer than 0.3 s\n");
  });

  test("the folder is where the user stands, when a script of pnpm runs the program", async () => {
    await using server = await serveFates({});
    await using user = await makeTempFolder();
    const env = { INIT_CWD: user.path, npm_lifecycle_event: "start" };
    const result = await runAgainst(server, ["us"], { env });
    expect(result).toMatchObject({ exitCode: 0, files: undefined });
    expect(await readdir(join(user.path, "downloads"))).toEqual(["us.gif"]);
  });

  test("the help goes to stdout", async () => {
    await using folder = await makeTempFolder();
    const result = await startProgram(sequential, ["-h"], { cwd: folder.path }).result;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toMatch(
      /^usage: sequential \[-h\][\s\S]*longest time for one file[\s\S]*\n$/,
    );
    expect(await readdir(folder.path)).toEqual([]);
  });

  test("a seed that reaches no server is named on stderr", async () => {
    await using server = await serveFates({});
    const result = await runAgainst(server, ["us", "--seed", "5"]);
    expect(result).toMatchObject({
      exitCode: 0,
      stderr: "--seed 5 has no effect: this program starts no server.\n",
    });
  });

  test("codes that mean nothing are named on stderr", async () => {
    await using server = await serveFates({});
    const result = await runAgainst(server, ["-al1", "zz", "123"]);
    expect(result.stderr).toBe("Country codes are ignored because of --all: zz 123\n");
    expect(result.exitCode).toBe(0);
  });
});

describe("main stops early", () => {
  test("KB17: at the first SIGINT it asks for nothing more, and all is accounted for", async () => {
    await using folder = await makeTempFolder();
    await using server = await serveHttp((request, response) => {
      if (request.url?.endsWith("/ac.gif")) program.child.kill("SIGINT");
      else sendGif(response);
    });
    const args = ["-v", "-l", "10", "a", ...NO_LIMITS, "--base-url", server.baseUrl];
    const program = startProgram(sequential, args, { cwd: folder.path });
    const result = await program.result;
    expect(maskReport(result.stdout, server.baseUrl).split("\n").slice(3)).toEqual([
      "AA OK",
      "AB OK",
      "*** Error for AC: interrupted",
      "--------------------",
      "2 flags downloaded.",
      "1 error.",
      "7 not started.",
      "Elapsed time: 0.00s",
      "",
    ]);
    expect(result).toMatchObject({ exitCode: 130, signal: null, stderr: "" });
    expect(server.paths).toHaveLength(3);
    expect(await readdir(join(folder.path, "downloads"))).toEqual(["aa.gif", "ab.gif"]);
  });

  test("SIGTERM likewise, with its own exit code", async () => {
    await using folder = await makeTempFolder();
    await using server = await serveHttp(() => program.child.kill("SIGTERM"));
    const args = ["us", "br", ...NO_LIMITS, "--base-url", server.baseUrl];
    const program = startProgram(sequential, args, { cwd: folder.path });
    const result = await program.result;
    expect(result).toMatchObject({ exitCode: 143, stderr: "*** 1 error: 1 × interrupted\n" });
    expect(result.stdout).toContain("\n0 flags downloaded.\n1 error.\n1 not started.\n");
  });

  test("the second SIGINT ends a program at once that does not listen to the first", async () => {
    await using folder = await makeTempFolder();
    const program = startProgram(fixture("deaf.mjs"), ["us"], { cwd: folder.path });
    program.child.stderr?.on("data", () => program.child.kill("SIGINT"));
    expect(await program.result).toMatchObject({
      exitCode: 130,
      stderr: "running\nstopping\n",
      stdout: expect.not.stringContaining("downloaded"),
    });
  });

  test("when nobody reads its output any more, quietly", async () => {
    await using folder = await makeTempFolder();
    const gone = new Latch();
    await using server = await serveHttp((_request, response) => {
      // It notices when it has something to say.
      void gone.opened.then(() => {
        sendGif(response);
      });
    });
    const args = ["-v", "-a", ...NO_LIMITS, "--base-url", server.baseUrl];
    const program = startProgram(sequential, args, { cwd: folder.path });
    program.child.stdout?.once("data", () => {
      program.child.stdout?.destroy();
      gone.open();
    });
    expect(await program.result).toMatchObject({ exitCode: 141, stderr: "" });
    expect(server.paths.length).toBeLessThanOrEqual(2);
  });

  test("quietly also without -v", async () => {
    await using folder = await makeTempFolder();
    await using server = await serveHttp(() => undefined);
    const args = ["us", "br", ...NO_LIMITS, "--base-url", server.baseUrl];
    const program = startProgram(sequential, args, { cwd: folder.path });
    program.child.stdout?.destroy();
    expect(await program.result).toMatchObject({ exitCode: 141, stderr: "" });
  });

  test("when its output cannot be written, with one line", async () => {
    await using folder = await makeTempFolder();
    const full = await open("/dev/full", "w");
    try {
      const args = ["-v", "-a", "--base-url", "http://127.0.0.1:1/flags"];
      const child = spawn(process.execPath, [sequential, ...args], {
        cwd: folder.path,
        stdio: ["ignore", full.fd, "pipe"],
      });
      assert(child.stderr);
      const stderr = text(child.stderr);
      expect(await once(child, "close")).toEqual([3, null]);
      expect(await stderr).toBe("*** cannot write to the output: no space left on device\n");
    } finally {
      await full.close();
    }
  });

  test("on a full disk, with one line and no partial file", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using folder = await makeTempFolder();
    // Large enough for the smallest flags only.
    const args = ["-a", ...NO_LIMITS, "--base-url", server.urls.LOCAL];
    const options = { cwd: folder.path, fileSizeBlocks: 2 };
    const result = await startProgram(sequential, args, options).result;
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toBe("*** cannot write to downloads/: file too large\n");
    expect(result.stdout).toMatch(/\n1 error\.\n\d+ not started\.\n/);
    const { flags } = flagManifest();
    for (const name of await readdir(join(folder.path, "downloads"))) {
      const file = await readFile(join(folder.path, "downloads", name));
      expect(file).toHaveLength(flags[name.slice(0, 2).toUpperCase()]?.bytes ?? 0);
    }
  });

  test("before any request, when the disk is full already", async () => {
    await using server = await serveFates({});
    const result = await runAgainst(server, ["us"], { fileSizeBlocks: 0 });
    expect(result).toEqual({
      exitCode: 3,
      signal: null,
      stdout: "",
      stderr: "*** cannot write to downloads/: file too large\n",
      files: [],
    });
    expect(server.paths).toEqual([]);
  });

  test("before any request, when downloads is a file", async () => {
    await using server = await serveFates({});
    await using folder = await makeTempFolder();
    await writeFile(join(folder.path, "downloads"), "x");
    const args = ["us", ...NO_LIMITS, "--base-url", server.baseUrl];
    expect(await startProgram(sequential, args, { cwd: folder.path }).result).toEqual({
      exitCode: 3,
      signal: null,
      stdout: "",
      stderr: "*** cannot write to downloads/: not a folder\n",
    });
    expect(server.paths).toEqual([]);
  });

  test("not when a flag's name is taken by a folder: that is the error of one", async () => {
    await using server = await serveGifs();
    await using folder = await makeTempFolder();
    await mkdir(join(folder.path, "downloads", "br.gif"), { recursive: true });
    const args = [...NO_LIMITS, "-v", "--base-url", server.baseUrl, "ar", "br", "us"];
    const result = await startProgram(sequential, args, { cwd: folder.path }).result;
    expect(result).toMatchObject({ exitCode: 1, stderr: "" });
    expect(result.stdout).toContain("AR OK\n*** Error for BR: br.gif is a folder\nUS OK\n----");
    expect(await readdir(join(folder.path, "downloads"))).toEqual(["ar.gif", "br.gif", "us.gif"]);
  });
});

describe("main does not trust the program", () => {
  const unexpected = { exitCode: 70, signal: null };

  test("KB17: that loses downloads", async () => {
    await using folder = await makeTempFolder();
    const result = await startProgram(careless, ["loses", "us"], { cwd: folder.path }).result;
    expect(result).toMatchObject(unexpected);
    expect(result.stderr).toMatch(
      /^\*\*\* unexpected error: some downloads are unaccounted for: 0 counted of 1 .*\n$/,
    );
  });

  test("that throws: one line, and the stack only with DEBUG", async () => {
    await using folder = await makeTempFolder();
    const args = ["throws", "us"];
    expect(await startProgram(careless, args, { cwd: folder.path }).result).toMatchObject({
      ...unexpected,
      stderr: "*** unexpected error: downloadMany is broken\n",
    });
    const debug = startProgram(careless, args, { cwd: folder.path, env: { DEBUG: "1" } });
    expect((await debug.result).stderr).toMatch(/careless\.mjs:\d+/);
    const nothing = startProgram(careless, ["throwsUndefined"], { cwd: folder.path });
    expect((await nothing.result).stderr).toBe("*** unexpected error: undefined\n");
    const because = startProgram(careless, ["throwsWithCause"], { cwd: folder.path });
    expect((await because.result).stderr).toBe(
      "*** unexpected error: a worker is broken: out of paper\n",
    );
  });
});
