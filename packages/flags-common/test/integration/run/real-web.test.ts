import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../../../jest.where.mjs";
import { readCounts, type Workplace } from "../../../src/testing.js";
import { VersionCache } from "../../../src/verify/version-cache.js";
import { verifyFolder } from "../../../src/verify/verify-folder.js";
import { CERTIFICATE, KEY } from "../../fixtures/certificate.js";
import { openWorkplace, pooledProgram as program } from "../../fixtures/pooled-program.js";
import { sendGif, serveHttp, TINY_GIF, type TestServer } from "../../fixtures/servers.js";
import { makeTempFolder } from "../../fixtures/temp-folder.js";

/** It is written as a certificate, and is none. */
const GARBAGE = `-----BEGIN CERTIFICATE-----\n${btoa("none")}\n-----END CERTIFICATE-----\n`;
const PATIENT = ["--timeout", "3600"];

/** Answers each path with itself, those with `gone` with 404, those with `broken` half. */
function servePaths(seen: IncomingHttpHeaders[] = []): Promise<TestServer> {
  return serveHttp((request, response) => {
    const { url = "" } = request;
    seen.push(request.headers);
    const body = url.endsWith(".gif") ? TINY_GIF : Buffer.from(url.repeat(1000));
    if (url.includes("gone")) response.writeHead(404).end();
    else {
      response.writeHead(200, {
        ETag: `"${url}"`,
        "Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT",
        "Content-Length": body.length,
      });
      if (!url.includes("broken")) response.end(body);
      else response.write(body.subarray(0, 5), () => response.socket?.end());
    }
  });
}

/** Runs the program over a list of addresses. */
async function download(workplace: Workplace, list: readonly string[], ...args: string[]) {
  const input = list.map((line) => `${line}\n`).join("");
  return await workplace.start([...PATIENT, "--urls", "-", ...args], { input }).result;
}

describe("secrets", () => {
  test("D18: a password appears nowhere, and is sent", async () => {
    const seen: IncomingHttpHeaders[] = [];
    await using server = await servePaths(seen);
    await using workplace = await openWorkplace();
    const base = `http://me:s3cr3t@127.0.0.1:${server.port}`;
    const token = `http://t0k3n@127.0.0.1:${server.port}`;
    const nested = `http://127.0.0.1:${server.port}/gone?next=`;
    const within = [`${nested}http://me:s3cr3t@h/x`, `${nested}http%3A%2F%2Fme%3As3cr3t%40h`];
    const part = `http://127.0.0.1:${server.port}/gone/http:%2F%2Fme:s3cr3t@h`;
    const list = [
      ...within,
      part,
      `${base}/a`,
      `${base}/broken`,
      `${base}/gone`,
      `${token}/b`,
      "ftp://me:s3cr3t@x",
    ];
    const given = ["-H", "X-Key: s3cr3t", "--resume", "--etag", "--report", "report.json"];
    const runs = [
      await download(workplace, list, "-v", ...given),
      await download(workplace, list, "--ndjson", ...given),
      await download(workplace, list, "--json", ...given),
      await download(workplace, list, "--dry-run"),
      await download(workplace, list, "--dry-run", "--json"),
      await workplace.start([...PATIENT, "-v", "--base-url", `${base}/gone`, "us"]).result,
      await workplace.start(["--base-url", `${base}/x?y`, "us"]).result,
      await workplace.start([`--no-such=${base}/`]).result,
    ];
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1, 1, 1, 0, 2, 2]);
    const directory = join(workplace.path, "downloads");
    const names = await readdir(directory);
    expect(names.sort()).toEqual([".broken.resume", ".versions.json", "a", "b"]);
    const files = await Promise.all(
      [...names.map((name) => join(directory, name)), join(workplace.path, "report.json")].map(
        (path) => readFile(path, "latin1"),
      ),
    );
    for (const text of [...runs.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...files]) {
      expect(text).not.toMatch(/s3cr3t|t0k3n/);
    }
    expect(files.join()).toContain(`http://me:***@127.0.0.1:${server.port}/a`);
    expect((await stat(join(directory, ".versions.json"))).mode & 0o777).toBe(0o600);
    expect(seen.find(({ authorization }) => authorization)?.authorization).toBe(
      `Basic ${btoa("me:s3cr3t")}`,
    );
  });
});

describe("where the user stands", () => {
  test("D15: all paths are looked for there when pnpm runs the script", async () => {
    await using server = await servePaths();
    await using workplace = await openWorkplace();
    const user = join(workplace.path, "user");
    const script = join(workplace.path, "script");
    await mkdir(user);
    await mkdir(script);
    await writeFile(join(user, "list"), `http://127.0.0.1:${server.port}/a\n`);
    await writeFile(join(user, "sums"), "");
    const env = {
      INIT_CWD: user,
      npm_lifecycle_event: "start",
      npm_package_json: join(script, "package.json"),
    };
    const files = ["--urls", "list", "--manifest", "sums", "--out", "out"];
    const about = ["--report", "r.json", "--gallery", "g.html"];
    const args = [...PATIENT, ...files, ...about];
    expect(await workplace.start(args, { cwd: script, env }).result).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    expect((await readdir(user)).sort()).toEqual(["g.html", "list", "out", "r.json", "sums"]);
    expect(await readdir(script)).toEqual([]);
  });
});

describe("reports in every mode", () => {
  test.each([
    ["--report", /^\{\n {2}"program": "pooled",[^]*"name": "a"[^]*\n\}\n$/],
    ["--gallery", /^<!doctype html>[^]*<\/html>\n$/],
  ])("%s - is stdout, and the words go to stderr", async (option, document) => {
    await using server = await servePaths();
    await using workplace = await openWorkplace();
    const list = [`http://127.0.0.1:${server.port}/a`];
    const { stdout, stderr, exitCode } = await download(workplace, list, option, "-");
    expect(exitCode).toBe(0);
    expect(stderr).toContain("\n1 file downloaded.\n");
    expect(stdout).toMatch(document);
    expect(existsSync(join(workplace.path, "-"))).toBe(false);
    const both = await download(workplace, list, option, "-", "--json");
    expect(both.exitCode).toBe(2);
    expect(both.stderr).toContain(`${option} - does not go with --json`);
  });

  test("D17: --verify answers as asked", async () => {
    await using workplace = await openWorkplace();
    const directory = join(workplace.path, "downloads");
    await mkdir(directory);
    await writeFile(join(directory, "a.gif"), TINY_GIF);
    await writeFile(join(directory, "b.gif"), TINY_GIF.subarray(0, -1));
    const verify = (...args: string[]) => workplace.start(["--verify", ...args]).result;
    const expected = {
      program: "pooled",
      counts: { ok: 1, error: 1 },
      results: [
        { name: "a.gif", status: "ok", bytes: TINY_GIF.length },
        { name: "b.gif", status: "error", reason: expect.stringContaining("truncated") as unknown },
      ],
    };
    const json = await verify("--json", "--report", "r.json");
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject(expected);
    const report: unknown = JSON.parse(await readFile(join(workplace.path, "r.json"), "utf8"));
    expect(report).toMatchObject(expected);
    const lines = (await verify("--ndjson")).stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      ...expected.results,
      { summary: { counts: expected.counts } },
    ]);
  });

  test("D17: --dry-run answers as asked", async () => {
    await using workplace = await openWorkplace();
    const list = ["http://x.example/a", "http://x.example/b"];
    const results = list.map((url) => ({ url, file: url.slice(-1), status: "notStarted" }));
    const json = await download(workplace, list, "--dry-run", "--json", "--report", "r.json");
    expect(JSON.parse(json.stdout)).toMatchObject({ counts: { notStarted: 2 }, results });
    const report: unknown = JSON.parse(await readFile(join(workplace.path, "r.json"), "utf8"));
    expect(report).toMatchObject({ results });
    const lines = (await download(workplace, list, "--dry-run", "--ndjson")).stdout.trim();
    expect(lines.split("\n").map((line) => JSON.parse(line) as unknown)).toMatchObject(results);
  });
});

describe("exit codes", () => {
  test("with --urls, 1 when nothing was found; --fail-on decides as ever", async () => {
    await using server = await servePaths();
    await using workplace = await openWorkplace();
    const at = (path: string): string => `http://127.0.0.1:${server.port}/${path}`;
    const run = async (paths: readonly string[], ...args: string[]) =>
      (await download(workplace, paths.map(at), ...args)).exitCode;
    expect(await run(["gone1", "gone2"])).toBe(1);
    expect(await run(["gone1", "a"])).toBe(0);
    expect(await run(["gone1", "a"], "--fail-on", "missing")).toBe(1);
    expect(await run(["gone1"], "--fail-on", "never")).toBe(0);
  });

  test("--verify of nothing is a failure, not a success", async () => {
    await using workplace = await openWorkplace();
    await mkdir(join(workplace.path, "downloads"));
    expect(await workplace.start(["--verify"]).result).toEqual({
      exitCode: 1,
      signal: null,
      stdout: "0 files whole.\n",
      stderr: "*** there is nothing to verify\n",
    });
  });

  test("D4: a bad line is one error, a name in the list is used, the others go on", async () => {
    await using server = await servePaths();
    await using workplace = await openWorkplace();
    const base = `http://127.0.0.1:${server.port}`;
    const list = [
      `${base}/%20.bashrc`,
      "  out=sub/one.txt",
      "nonsense",
      `${base}/%20..%20 # a comment`,
    ];
    const { stdout, exitCode } = await download(workplace, list, "-v", "--gallery", "g.html");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("*** Error for line 3: stdin, line 3: not an http address: nonsense");
    expect(await workplace.files()).toEqual([".versions.json", "index.html", "sub_one.txt"]);
    expect(readCounts(stdout)).toMatchObject({ ok: 2, error: 1 });
  });
});

describe("signals", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("D16: the first %s ends the wait for a list from stdin", async (signal, exitCode) => {
    await using folder = await makeTempFolder();
    const child = spawn(process.execPath, [program, "--urls", "-"], {
      cwd: folder.path,
      stdio: ["pipe", "inherit", "inherit"],
    });
    // More than the pipe holds: it is written only when the program reads.
    const list = Buffer.alloc(1 << 20, "# nothing yet\n");
    await new Promise((resolve) => child.stdin.write(list, resolve));
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([exitCode, null]);
    expect(await readdir(folder.path)).toEqual([]);
  });

  test("D16: and the wait for one from a pipe that nobody writes to", async () => {
    await using folder = await makeTempFolder();
    const path = join(folder.path, "list");
    await once(spawn("sh", ["-c", 'mkfifo "$0"', path]), "exit");
    const child = spawn(process.execPath, [program, "--urls", path], { cwd: folder.path });
    // Opened only when there is a reader.
    await using writer = await open(path, "w");
    child.kill("SIGINT");
    const [exitCode, signal] = (await once(child, "exit")) as [number | null, string | null];
    // By itself, or where a read cannot be taken back, by the signal.
    expect([130, "SIGINT"]).toContain(signal ?? exitCode);
    expect(writer.fd).toBeGreaterThan(0);
  });

  test("D16: --verify ends in the midst of a file", async () => {
    await using folder = await makeTempFolder();
    await writeFile(join(folder.path, "a.gif"), "");
    // Nothing on the disk, and minutes to read.
    await truncate(join(folder.path, "a.gif"), 2 ** 40);
    const controller = new AbortController();
    const verified = verifyFolder(folder.path, {}, controller.signal);
    setImmediate(() => {
      controller.abort();
    });
    expect(await verified).toEqual([]);
  });
});

describe("files that are there", () => {
  test("--skip-existing knows which address a file came from", async () => {
    await using server = await servePaths();
    await using workplace = await openWorkplace();
    const at = (path: string): string => `http://127.0.0.1:${server.port}/${path}`;
    const run = async (path: string, ...args: string[]) =>
      readCounts((await download(workplace, [at(path)], ...args)).stdout);
    const file = join(workplace.path, "downloads", "a");
    // By any run over addresses, not only by one that may skip some.
    expect(await run("1/a")).toMatchObject({ ok: 1 });
    expect(await run("1/a", "--skip-existing")).toMatchObject({ unchanged: 1 });
    expect(await run("2/a", "--skip-existing")).toMatchObject({ ok: 1, unchanged: 0 });
    expect(await readFile(file, "utf8")).toBe("/2/a".repeat(1000));
    // Of a run that did not tell, or by hand: the name and what is known are right, and the content is not.
    await writeFile(file, "/1/a");
    expect(await run("2/a", "--skip-existing")).toMatchObject({ ok: 1, unchanged: 0 });
    expect(await readFile(file, "utf8")).toBe("/2/a".repeat(1000));
  });

  test("--skip-existing does not take a GIF from an address for a flag", async () => {
    await using server = await servePaths();
    await using workplace = await openWorkplace();
    const { port } = server;
    await download(workplace, [`http://127.0.0.1:${port}/a/us.gif`]);
    const flags = async () => {
      const args = ["--skip-existing", "--base-url", `http://127.0.0.1:${port}/flags`, "us"];
      return readCounts((await workplace.start([...PATIENT, ...args]).result).stdout);
    };
    expect(await flags()).toMatchObject({ ok: 1, unchanged: 0 });
    expect(await flags()).toMatchObject({ ok: 0, unchanged: 1 });
  });

  test("what two runs in one folder have fetched is remembered of both", async () => {
    await using folder = await makeTempFolder();
    const url = "http://localhost/";
    const sha256 = "0".repeat(64);
    const caches = [
      await VersionCache.open(folder.path, true),
      await VersionCache.open(folder.path, true),
    ];
    caches.forEach((cache, index) => {
      cache.set(`${index}`, { url, sha256 });
    });
    for (const cache of caches) await cache.save();
    expect((await VersionCache.open(folder.path, false)).names).toEqual(["0", "1"]);
  });

  test("a run that is killed remembers what it has fetched", async () => {
    let held = 0;
    await using server = await serveHttp(({ url }, response) => {
      if (url === "/slow") held += 1;
      else response.end(url);
    });
    await using workplace = await openWorkplace();
    const list = ["a", "slow"].map((path) => `http://127.0.0.1:${server.port}/${path}`);
    const input = list.join("\n");
    const { child, result } = workplace.start([...PATIENT, "--urls", "-"], { input });
    const cache = join(workplace.path, "downloads", ".versions.json");
    while (held === 0 || !existsSync(cache)) await new Promise(setImmediate);
    child.kill("SIGKILL");
    await result;
    const again = await download(workplace, list.slice(0, 1), "--skip-existing");
    expect(readCounts(again.stdout)).toMatchObject({ unchanged: 1 });
  });

  test("--verify knows what was downloaded, and from where", async () => {
    await using server = await servePaths();
    await using workplace = await openWorkplace();
    const at = (path: string): string => `http://127.0.0.1:${server.port}/${path}`;
    const directory = join(workplace.path, "downloads");
    await download(workplace, [at("1/a"), at("b"), at("c"), at("gone")]);
    await writeFile(join(directory, "b"), "another");
    await rm(join(directory, "c"));
    await writeFile(join(directory, "d"), "by hand");
    const verify = async (...args: string[]) => {
      const input = ["2/a", "b", "c", "d"].map((path) => `${at(path)}\n`).join("");
      return await workplace.start(["--verify", ...args], { input }).result;
    };
    expect(await verify()).toMatchObject({
      exitCode: 1,
      stdout: "*** Error for b: not as it was downloaded\n1 file whole.\n1 error.\n",
    });
    expect(JSON.parse((await verify("--json")).stdout)).toMatchObject({
      results: [{ name: "a", status: "ok", url: at("1/a") }, { name: "b" }],
    });
    expect((await verify("--urls", "-")).stdout).toBe(
      [
        `*** Error for a: from another address: ${at("1/a")}`,
        "*** Error for b: not as it was downloaded",
        "*** Error for c: not there",
        "*** Error for d: not known to be from its address",
        "0 files whole.",
        "4 errors.\n",
      ].join("\n"),
    );
  });

  test("--remote-time gives files the time of the server", async () => {
    await using server = await servePaths();
    await using workplace = await openWorkplace();
    await download(workplace, [`http://127.0.0.1:${server.port}/a`], "-R");
    const { mtime } = await stat(join(workplace.path, "downloads", "a"));
    expect(mtime.toISOString()).toBe("1994-11-06T08:49:37.000Z");
  });

  test("D19: a file of another run, in another container, is left alone", async () => {
    await using server = await servePaths();
    await using workplace = await openWorkplace();
    const directory = join(workplace.path, "downloads");
    await mkdir(directory);
    const theirs = `.us.gif.1.1.${"0".repeat(8)}.part`;
    await writeFile(join(directory, theirs), "x");
    await download(workplace, [`http://127.0.0.1:${server.port}/a`]);
    expect((await readdir(directory)).sort()).toEqual([theirs, ".versions.json", "a"]);
  });
});

describe("options of curl", () => {
  test("a header that is given several times is sent so, whatever it is called", async () => {
    const seen: string[][] = [];
    await using server = await serveHttp((request, response) => {
      seen.push(request.rawHeaders);
      response.end("x");
    });
    await using workplace = await openWorkplace();
    const lines = ["X-One: 1", "x-one: 2", "X-One:", "__proto__: p", "constructor: c"];
    const known = ["Cookie: a=1", "cookie: b=2", "Host: one.example", "Host: two.example"];
    const ours = ["User-Agent: mine", "Accept: text/html", "Accept: text/plain"];
    const given = [...lines, ...known, ...ours].flatMap((line) => ["-H", line]);
    await download(workplace, [`http://127.0.0.1:${server.port}/a`], "-A", "me", ...given);
    const [raw = []] = seen;
    const pairs = raw.flatMap((name, index) =>
      index % 2 === 0 ? [`${name}: ${raw[index + 1] ?? ""}`] : [],
    );
    expect(pairs.sort()).toEqual(
      [
        ...["X-One: 1", "X-One: 2", "__proto__: p", "constructor: c", "Cookie: a=1; b=2"],
        ...["Host: one.example", "User-Agent: mine", "Accept: text/html", "Accept: text/plain"],
        ...["Accept-Encoding: identity", "Connection: keep-alive"],
      ].sort(),
    );
  });

  test("a limit that was passed is named with its option", async () => {
    await using server = await serveHttp(({ url }, response) => {
      if (url === "/large") response.end(Buffer.alloc(20));
      else response.writeHead(302, { Location: "/there" }).end();
    });
    await using workplace = await openWorkplace();
    const list = ["large", "away"].map((path) => `http://127.0.0.1:${server.port}/${path}`);
    const limits = ["--max-redirs", "0", "--max-bytes", "10"];
    const { stdout } = await download(workplace, list, "-v", "-m1", ...limits);
    expect(stdout).toContain("large: body is larger than 10 bytes (--max-bytes)\n");
    expect(stdout).toContain("away: more than 0 redirects (--max-redirs)\n");
  });

  test("-H, -A and the name of the program", async () => {
    const seen: IncomingHttpHeaders[] = [];
    await using server = await servePaths(seen);
    await using workplace = await openWorkplace();
    const list = [`http://127.0.0.1:${server.port}/a`];
    await download(workplace, list);
    await download(workplace, list, "-A", "me/1", "-H", "X-One: é", "-H", "Accept:");
    expect(seen[0]).toMatchObject({ "user-agent": "pooled", accept: "*/*" });
    expect(seen[1]).toMatchObject({ "user-agent": "me/1", "x-one": "Ã©" });
    expect(seen[1]).not.toHaveProperty("accept");
  });

  test.each([
    [["-H", "s3cr3t"], "--header HEADER must be like 'Name: value'"],
    [["-H", "X: a\u0007"], "--header HEADER must not have control characters"],
    [["--max-redirs", "-1"], "--max-redirs N must be from 0 to 1000"],
  ])("%j is refused, and not repeated", async (args, complaint) => {
    await using workplace = await openWorkplace();
    const { stderr, exitCode } = await workplace.start([...args, "us"]).result;
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`*** Usage error: ${complaint}\n`);
    expect(stderr).not.toContain("s3cr3t");
  });

  test("--location lets redirects lead anywhere", async () => {
    await using other = await serveHttp((_request, response) => {
      sendGif(response);
    });
    await using server = await serveHttp((_request, response) => {
      response.writeHead(302, { Location: `http://127.0.0.1:${other.port}/` }).end();
    });
    await using workplace = await openWorkplace();
    const list = [`http://127.0.0.1:${server.port}/a`];
    expect((await download(workplace, list)).exitCode).toBe(1);
    expect((await download(workplace, list, "-L")).exitCode).toBe(0);
  });

  test("--cacert must name certificates", async () => {
    await using workplace = await openWorkplace();
    await writeFile(join(workplace.path, "ca.pem"), "nothing");
    const { stderr, exitCode } = await workplace.start(["--cacert", "ca.pem", "us"]).result;
    expect([exitCode, stderr]).toEqual([2, "*** there are no certificates in ca.pem\n"]);
  });

  test.each([
    ["garbage in the second", `${CERTIFICATE}# second\n${GARBAGE}`, "certificate 2 of 2"],
    ["garbage in the first", `${GARBAGE}\n${CERTIFICATE}`, "certificate 1 of 2"],
    ["no end", CERTIFICATE.slice(0, -40), "certificate 1 of 1"],
  ])("--cacert tells which certificate cannot be read: %s", async (_title, pem, which) => {
    await using workplace = await openWorkplace();
    await writeFile(join(workplace.path, "ca.pem"), pem);
    const { stderr, exitCode } = await workplace.start(["--cacert", "ca.pem", "us"]).result;
    expect([exitCode, stderr]).toEqual([2, `*** ca.pem: ${which} cannot be read\n`]);
  });

  test("--cacert takes what else is in a file of certificates", async () => {
    await using workplace = await openWorkplace();
    const crlf = CERTIFICATE.replaceAll("\n", "\r\n");
    await writeFile(join(workplace.path, "ca.pem"), `${KEY}a name\n====\n${CERTIFICATE}${crlf}`);
    const args = ["--cacert", "ca.pem", "us", "--dry-run"];
    expect(await workplace.start(args).result).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("few descriptors", () => {
  test("are enough for as many downloads at once as they are enough for", async () => {
    await using server = await servePaths();
    await using folder = await makeTempFolder();
    const list = Array.from({ length: 60 }, (_, n) => `http://127.0.0.1:${server.port}/${n}\n`);
    await writeFile(join(folder.path, "list"), list.join(""));
    const command = [process.execPath, program, ...PATIENT, "--urls", "list", "-m", "60"];
    const child = spawn("sh", ["-c", 'ulimit -n 60 && exec "$@"', "sh", ...command], {
      cwd: folder.path,
      stdio: "ignore",
    });
    expect(await once(child, "exit")).toEqual([0, null]);
    const names = await readdir(join(folder.path, "downloads"));
    expect(names.filter((name) => !name.startsWith(".")).length).toBe(60);
  });
});

describeWhere(existsSync("/proc/self/status"), "large files", "there is no /proc", () => {
  test("100 MB go to the disk while they come", async () => {
    const megabyte = Buffer.alloc(1 << 20, 7);
    await using server = await serveHttp(({ url = "" }, response) => {
      const megabytes = Number(url.slice(1));
      response.writeHead(200, { "Content-Length": megabytes * megabyte.length });
      const send = (left: number): void => {
        if (left === 0) response.end();
        else response.write(megabyte, () => send(left - 1));
      };
      send(megabytes);
    });
    await using workplace = await openWorkplace();
    const status = join(workplace.path, "status");
    // Not resourceUsage().maxRSS: that of a child begins with what its parent had.
    const hook = `import fs from "node:fs"; process.on("exit", () => fs.writeFileSync(${JSON.stringify(status)}, fs.readFileSync("/proc/self/status")))`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` };
    const peakOf = async (megabytes: number): Promise<number> => {
      const input = `http://127.0.0.1:${server.port}/${megabytes}\n`;
      const args = [...PATIENT, "--urls", "-", "--max-bytes", String(2 ** 30)];
      const { exitCode } = await workplace.start(args, { input, env }).result;
      expect(exitCode).toBe(0);
      const { size } = await stat(join(workplace.path, "downloads", String(megabytes)));
      expect(size).toBe(megabytes * megabyte.length);
      return Number(/^VmHWM:\s+(\d+)/m.exec(await readFile(status, "utf8"))?.[1]) / 1024;
    };
    // How much Node takes for itself depends on its version.
    expect((await peakOf(100)) - (await peakOf(1))).toBeLessThan(75);
  });
});
