import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../../../jest.where.mjs";
import { NO_LIMITS, readCounts, type Workplace } from "../../../src/testing.js";
import { openWorkplace } from "../../fixtures/pooled-program.js";
import { serveGifs, serveHttp } from "../../fixtures/servers.js";

const HANGS_AFTER_MS = 60_000;

/** Runs the program, but not for ever. */
async function run(workplace: Workplace, args: readonly string[], input = "") {
  const { child, result } = workplace.start([...NO_LIMITS, ...args], { input });
  const watchdog = setTimeout(() => child.kill("SIGKILL"), HANGS_AFTER_MS);
  try {
    return await result;
  } finally {
    clearTimeout(watchdog);
  }
}

function makePipe(path: string): void {
  expect(spawnSync("mkfifo", [path]).status).toBe(0);
}

describeWhere(process.platform !== "win32", "pipes", "Windows has none in folders", () => {
  test("where files of ours should be keep nobody waiting", async () => {
    await using server = await serveGifs();
    await using workplace = await openWorkplace();
    const directory = join(workplace.path, "downloads");
    await mkdir(directory);
    const left = ".us.gif.999999999.1.part";
    const names = [
      ".versions.json",
      ".us.gif.resume",
      left,
      left.replace("part", "note"),
      "us.gif",
    ];
    for (const name of names) makePipe(join(directory, name));
    const list = `${server.baseUrl}/us/us.gif\n`;
    const verified = await run(workplace, ["--verify"]);
    expect(verified.stdout).toContain("*** Error for us.gif: not a file\n");
    const all = ["--urls", "-", "--resume", "--etag", "--skip-existing"];
    expect(await run(workplace, all, list)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await readFile(join(directory, "us.gif"), "latin1")).toMatch(/^GIF89a/);
    expect(readCounts((await run(workplace, all, list)).stdout)).toMatchObject({ unchanged: 1 });
  });

  test("are read as lists, and written as reports", async () => {
    await using server = await serveGifs();
    await using workplace = await openWorkplace();
    const list = join(workplace.path, "list");
    const report = join(workplace.path, "report");
    for (const path of [list, report]) makePipe(path);
    const running = run(workplace, ["--urls", list, "--report", report]);
    await writeFile(list, `${server.baseUrl}/us/us.gif\n`);
    const json: unknown = JSON.parse(await readFile(report, "utf8"));
    expect(json).toMatchObject({ counts: { ok: 1 } });
    expect((await running).exitCode).toBe(0);
  });

  test("that nobody reads let a run end that is stopped", async () => {
    await using server = await serveGifs();
    await using workplace = await openWorkplace();
    makePipe(join(workplace.path, "report"));
    const args = [...NO_LIMITS, "--base-url", server.baseUrl, "us", "--report", "report"];
    const { child, result } = workplace.start(args);
    const watchdog = setTimeout(() => child.kill("SIGKILL"), HANGS_AFTER_MS);
    child.stdout?.on("data", (text) => {
      if (String(text).includes("Elapsed")) child.kill("SIGINT");
    });
    expect(await result).toMatchObject({
      exitCode: 130,
      stderr: "*** cannot write --report report: nobody reads it\n",
    });
    clearTimeout(watchdog);
  });
});

describe("lists", () => {
  test.each([
    ["a folder", ".", "it is a folder"],
    ["a device without an end", "/dev/zero", "larger than 256 MiB"],
  ])("%s is none", async (_title, path, reason) => {
    await using workplace = await openWorkplace();
    for (const option of ["--urls", "--from", "--manifest", "--cacert"]) {
      expect(await run(workplace, [option, path])).toMatchObject({
        exitCode: 2,
        stderr: `*** cannot read ${path}: ${reason}\n`,
      });
    }
  });

  test("one in UTF-16 is read, as a shell of Windows writes it", async () => {
    await using workplace = await openWorkplace();
    const list = "\uFEFFhttp://x.example/a\r\n  out=é\r\n";
    await writeFile(join(workplace.path, "list"), list, "utf16le");
    const { stdout } = await run(workplace, ["--urls", "list", "--dry-run"]);
    expect(stdout).toBe("http://x.example/a -> é\n");
  });

  test("stdin is one under any of its names", async () => {
    await using workplace = await openWorkplace();
    for (const name of ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]) {
      const { stdout } = await run(workplace, ["--urls", name, "--dry-run"], "http://x.example/a");
      expect(stdout).toBe("http://x.example/a -> a\n");
    }
  });
});

describe(".versions.json", () => {
  test("counts as empty when it is too large, and is written anew", async () => {
    await using server = await serveGifs();
    await using workplace = await openWorkplace();
    const directory = join(workplace.path, "downloads");
    const cache = join(directory, ".versions.json");
    await mkdir(directory);
    await writeFile(cache, "{}");
    // No more than its size, where a file may have holes.
    await truncate(cache, 2 ** 30);
    const list = `${server.baseUrl}/us/us.gif\n`;
    expect(await run(workplace, ["--urls", "-"], list)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(await readFile(cache, "utf8"))).toMatchObject({
      "us.gif": { url: list.trim() },
    });
  });

  test("is named when a folder is in its place", async () => {
    await using server = await serveGifs();
    await using workplace = await openWorkplace();
    await mkdir(join(workplace.path, "downloads", ".versions.json"), { recursive: true });
    expect(await run(workplace, ["--urls", "-"], `${server.baseUrl}/us/us.gif\n`)).toMatchObject({
      exitCode: 3,
      stderr: "*** cannot write to downloads/: .versions.json is a folder\n",
    });
    // Who remembers nothing does without.
    const flags = ["--base-url", server.baseUrl, "us"];
    expect(await run(workplace, flags)).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("one file for two uses is refused before anything is done", () => {
  test.each([
    [["--report", "a", "--gallery", "a"], "--report and --gallery are one file: a"],
    [["--report", "downloads/../a", "--gallery", "./A"], "--report and --gallery are one file"],
    [["--report", "list"], "--report and --urls are one file: list"],
    [["--gallery", "link"], "--gallery and --urls are one file: link"],
    [["--manifest", "sums", "--report", "sums"], "--report and --manifest are one file: sums"],
    [["--report", "downloads/us.gif"], "--report and a file to download are one file"],
    [["--gallery", "downloads/US.GIF"], "--gallery and a file to download are one file"],
    [["--report", "downloads/.versions.json"], "--report and what is known of the files are"],
    [["--out", ".", "--report", "us.gif"], "--report and a file to download are one file"],
    [["--out", "here", "--report", "us.gif"], "--report and a file to download are one file"],
    [["--out", ".", "--dry-run", "--report", "us.gif"], "--report and a file to download are"],
  ])("%j", async (args, complaint) => {
    await using server = await serveGifs();
    await using workplace = await openWorkplace();
    const list = `${server.baseUrl}/us/us.gif\n`;
    await writeFile(join(workplace.path, "list"), list);
    await writeFile(join(workplace.path, "sums"), "");
    await symlink("list", join(workplace.path, "link"));
    await symlink(".", join(workplace.path, "here"));
    const result = await run(workplace, ["--urls", "list", ...args]);
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toMatch(/^\*\*\* [^\n]*\n$/);
    expect(result.stderr).toContain(complaint);
    expect(server.paths).toEqual([]);
    expect(await readFile(join(workplace.path, "list"), "utf8")).toBe(list);
    expect((await readdir(workplace.path)).sort()).toEqual(["here", "link", "list", "sums"]);
  });

  test("a download and the list, too; what is verified and the report", async () => {
    await using server = await serveHttp((_request, response) => response.end("new"));
    await using workplace = await openWorkplace();
    await writeFile(join(workplace.path, "list"), `http://127.0.0.1:${server.port}/list\n`);
    expect(await run(workplace, ["--urls", "list", "--out", "."])).toMatchObject({
      exitCode: 2,
      stderr: "*** --urls and a file to download are one file: list\n",
    });
    expect(server.paths).toEqual([]);
    expect(await run(workplace, ["--urls", "list"])).toMatchObject({ exitCode: 0 });
    expect(await run(workplace, ["--verify", "--report", "downloads/list"])).toMatchObject({
      exitCode: 2,
      stderr: "*** --report and a file to download are one file: downloads/list\n",
    });
    expect(await readFile(join(workplace.path, "downloads", "list"), "utf8")).toBe("new");
  });

  test("a pipe or a device may have two", async () => {
    await using server = await serveGifs();
    await using workplace = await openWorkplace();
    const both = ["--report", "/dev/null", "--gallery", "/dev/null"];
    const args = ["--base-url", server.baseUrl, "us", ...both];
    expect(await run(workplace, args)).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("paths", () => {
  test.each([
    ["r/", "it is a folder"],
    ["x".repeat(300), "name too long"],
    ["x".repeat(250), "name too long"],
  ])("--report %s is refused before anything is done, with its cause", async (path, reason) => {
    await using server = await serveGifs();
    await using workplace = await openWorkplace();
    const args = ["--base-url", server.baseUrl, "us", "--report", path];
    expect(await run(workplace, args)).toMatchObject({
      exitCode: 3,
      stderr: `*** cannot write --report ${path}: ${reason}\n`,
    });
    expect(server.paths).toEqual([]);
  });

  test("a current folder that is gone is no mistake of the program", async () => {
    await using workplace = await openWorkplace();
    const command = ["sh", "-c", 'mkdir gone && cd gone && rmdir ../gone && exec "$@"', "sh"];
    const { result } = workplace.start(["us", "--dry-run"], { command });
    expect(await result).toMatchObject({
      exitCode: 3,
      stderr: "*** the current folder is not there any more\n",
    });
  });
});

describe("links that somebody left in the folder", () => {
  test("under names of ours lead nobody to write elsewhere", async () => {
    await using server = await serveGifs();
    await using workplace = await openWorkplace();
    const directory = join(workplace.path, "downloads");
    await mkdir(directory);
    const victim = join(workplace.path, "victim");
    await writeFile(victim, "mine, and nobody else's");
    const left = join(directory, ".us.gif.999999999.1");
    await symlink(victim, `${left}.part`);
    const note = { url: "x", validator: '"x"', sha256: "x", byteLength: 4 };
    await writeFile(`${left}.note`, `${JSON.stringify(note)}\n`);
    await symlink(victim, join(directory, ".us.gif.resume"));
    await symlink(victim, join(directory, "us.gif"));
    const args = ["--base-url", server.baseUrl, "us", "--resume"];
    expect(await run(workplace, args)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await readFile(victim, "utf8")).toBe("mine, and nobody else's");
    expect(await readFile(join(directory, "us.gif"), "latin1")).toMatch(/^GIF89a/);
  });
});
