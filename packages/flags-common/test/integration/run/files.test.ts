import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { flagManifest, startFlagServer, type FlagServer } from "@concur/flag-server";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { NO_LIMITS, readCounts } from "../../../src/testing.js";
import { openWorkplace } from "../../fixtures/pooled-program.js";

const { flags } = flagManifest();
const MANIFEST = Object.entries(flags)
  .map(([cc, { sha256 }]) => `${sha256}  ${cc.toLowerCase()}.gif\n`)
  .join("");

describe("files", () => {
  let server: FlagServer<"LOCAL">;
  let base: string[];
  const requests = (): number => server.stats().LOCAL.requests;

  beforeAll(async () => {
    server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    base = [...NO_LIMITS, "--base-url", server.urls.LOCAL];
  });

  afterAll(async () => {
    await server.stop();
  });

  test("--from takes codes from a file or stdin, and -l counts all of them", async () => {
    await using workplace = await openWorkplace();
    await writeFile(join(workplace.path, "codes"), "us # two letters\nbr, cn\n");
    const { stdout } = await workplace.start([...base, "--from", "codes", "-l3", "in"]).result;
    expect(stdout).toContain("\nSearching for 3 flags: BR, CN, IN\n");
    expect(await workplace.files()).toEqual(["br.gif", "cn.gif", "in.gif"]);
    const piped = await workplace.start([...base, "--from", "-"], { input: "fr\n" }).result;
    expect(piped.stdout).toContain("\nSearching for 1 flag: FR\n");
  });

  test.each([
    [["--from", "nowhere"], "*** cannot read nowhere: no such file or directory\n"],
    [["--from", "-"], "*** stdin, line 1: not a country code: usa\n"],
    [["--urls", "-"], "*** stdin, line 1: not an http address: usa\n"],
    [["--manifest", "-"], "*** stdin, line 1: not a SHA-256 and a name: usa\n"],
  ])("%j is refused before any request", async (args, stderr) => {
    await using workplace = await openWorkplace();
    const before = requests();
    expect(await workplace.start(args, { input: "usa\n" }).result).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr,
    });
    expect(requests()).toBe(before);
  });

  test("--urls downloads any files", async () => {
    await using workplace = await openWorkplace();
    const url = (path: string): string => `${server.urls.LOCAL}/${path}\n`;
    const input = url("us/us.gif") + url("us/metadata.json") + url("br/metadata.json") + url("no");
    const args = ["-v", "-m1", "--urls", "-", "--out", "things"];
    const { stdout, exitCode } = await workplace.start(args, { input }).result;
    expect(stdout.replace(/time: .*/, "time: 0.00s")).toBe(
      [
        "Addresses from: stdin",
        "Searching for 4 files: us.gif, metadata.json, metadata-2.json, no",
        "1 concurrent connection will be used.",
        "us.gif OK",
        "metadata.json OK",
        "metadata-2.json OK",
        "no not found",
        "--------------------",
        "3 files downloaded.",
        "1 not found.",
        "Elapsed time: 0.00s\n",
      ].join("\n"),
    );
    expect(exitCode).toBe(0);
    const path = join(workplace.path, "things", "metadata-2.json");
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ country: "Brazil" });
    expect(existsSync(join(workplace.path, "downloads"))).toBe(false);
  });

  test("--dry-run says what would be done, and does nothing", async () => {
    await using workplace = await openWorkplace();
    const before = requests();
    const { stdout } = await workplace.start([...base, "--dry-run", "us", "xx"]).result;
    expect(stdout).toBe(
      `${server.urls.LOCAL}/us/us.gif -> us.gif\n${server.urls.LOCAL}/xx/xx.gif -> xx.gif\n`,
    );
    expect(requests()).toBe(before);
    expect(existsSync(join(workplace.path, "downloads"))).toBe(false);
  });

  test("--skip-existing asks only for what is not there, or not whole, at any width", async () => {
    await using workplace = await openWorkplace();
    await workplace.start([...base, "-a", "-l100", "-m30"]).result;
    const broken = join(workplace.path, "downloads", "ad.gif");
    await writeFile(broken, (await readFile(broken)).subarray(0, -1));
    const before = requests();
    const args = [...base, "-a", "-m30", "--skip-existing"];
    const { stdout } = await workplace.start(args).result;
    expect(readCounts(stdout)).toMatchObject({ ok: 95, unchanged: 99 });
    expect(requests() - before).toBe(95);
    expect(await workplace.badFiles()).toEqual([]);
  });

  test("--etag fetches only what has changed, here or there", async () => {
    await using workplace = await openWorkplace();
    const run = async () => {
      const { stdout } = await workplace.start([...base, "-a", "-m30", "--etag"]).result;
      return readCounts(stdout);
    };
    expect(await run()).toMatchObject({ ok: 194, unchanged: 0 });
    expect(await run()).toMatchObject({ ok: 0, unchanged: 194 });
    const changed = join(workplace.path, "downloads", "us.gif");
    await writeFile(changed, await readFile(join(workplace.path, "downloads", "br.gif")));
    expect(await run()).toMatchObject({ ok: 1, unchanged: 193 });
    await writeFile(join(workplace.path, "downloads", ".versions.json"), "{ no json");
    expect(await run()).toMatchObject({ ok: 194, unchanged: 0 });
  });

  test("--manifest: only files with the right SHA-256 are saved", async () => {
    await using workplace = await openWorkplace();
    const wrong = MANIFEST.replace(flags["US"]?.sha256 ?? "", "0".repeat(64));
    await writeFile(join(workplace.path, "list"), wrong);
    const args = [...base, "-v", "-m1", "us", "br", "--manifest", "list"];
    const { stdout, exitCode } = await workplace.start(args).result;
    expect(stdout).toContain("BR OK\n*** Error for US: SHA-256 is not the one of the manifest\n");
    expect(exitCode).toBe(1);
    expect(await workplace.files()).toEqual(["br.gif"]);
  });

  test("--verify checks a folder again", async () => {
    await using workplace = await openWorkplace();
    await writeFile(join(workplace.path, "list"), MANIFEST);
    await workplace.start([...base, "-a", "-m30"]).result;
    const verify = (...args: string[]) => workplace.start(["--verify", ...args]).result;
    expect(await verify("--manifest", "list")).toMatchObject({
      exitCode: 0,
      stdout: "194 files whole.\n",
    });
    const downloads = join(workplace.path, "downloads");
    await writeFile(join(downloads, "us.gif"), await readFile(join(downloads, "br.gif")));
    expect(await verify()).toMatchObject({ exitCode: 0, stdout: "194 files whole.\n" });
    await writeFile(join(downloads, "br.gif"), "GIF89a");
    expect(await verify("--manifest", "list")).toMatchObject({
      exitCode: 1,
      stdout: [
        "*** Error for br.gif: body is truncated (GIF without its end, 6 bytes)",
        "*** Error for us.gif: SHA-256 is not the one of the manifest",
        "192 files whole.",
        "2 errors.\n",
      ].join("\n"),
    });
    expect(await verify("--out", "nowhere")).toMatchObject({
      exitCode: 3,
      stderr: "*** cannot read nowhere/: no such file or directory\n",
    });
  });

  test("--json and --ndjson print nothing else on stdout", async () => {
    await using workplace = await openWorkplace();
    const json = await workplace.start([...base, "us", "xx", "--json"]).result;
    expect(JSON.parse(json.stdout)).toMatchObject({
      program: "pooled",
      asked: 2,
      counts: { ok: 1, notFound: 1, error: 0 },
      bytes: flags["US"]?.bytes,
      requests: 2,
      retries: 0,
      results: [
        {
          name: "US",
          status: "ok",
          url: `${server.urls.LOCAL}/us/us.gif`,
          file: "us.gif",
          attempts: 1,
          sha256: flags["US"]?.sha256,
        },
        { name: "XX", status: "notFound", httpStatus: 404 },
      ],
    });
    const ndjson = await workplace.start([...base, "us", "xx", "-m1", "--ndjson"]).result;
    const lines = ndjson.stdout.trimEnd().split("\n");
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { name: "US", status: "ok" },
      { name: "XX", status: "notFound" },
      { summary: { asked: 2, peakConcurrency: 1 } },
    ]);
  });

  test("--report, --gallery and --stats come on top of the usual report", async () => {
    await using workplace = await openWorkplace();
    await mkdir(join(workplace.path, "sub"));
    const args = ["us", "br", "--stats", "--report", "r.json", "--gallery", "sub/g.html"];
    const { stdout, stderr } = await workplace.start([...base, ...args]).result;
    expect(stderr).toBe("");
    expect(stdout).toMatch(
      /\n2 flags downloaded\.\nElapsed time: .*\nRequests: 2, of them 0 retries; at most 2 at once\.\nReceived: \d+(\.\d)? k?B, .*\/s\.\nAnswers took: .* \(p50\), .* \(p95\), .* \(p99\)\.\n$/,
    );
    const report = JSON.parse(await readFile(join(workplace.path, "r.json"), "utf8")) as unknown;
    expect(report).toMatchObject({ counts: { ok: 2 }, results: [{ name: "BR" }, { name: "US" }] });
    const page = await readFile(join(workplace.path, "sub", "g.html"), "utf8");
    expect(page).toContain('<img src="../downloads/us.gif" alt="US"');
    expect((await readdir(workplace.path)).sort()).toEqual(["downloads", "r.json", "sub"]);
  });

  test.each([
    ["--report", "/dev/null/r.json", "--report /dev/null/r.json: /dev/null is not a folder"],
    ["--gallery", "/proc/no/g.html", "--gallery /proc/no/g.html: no such file or directory"],
    ["--gallery", "sub/page", "--gallery sub/page: it is a folder"],
  ])("%s %s ends the run before its first request", async (option, path, complaint) => {
    await using workplace = await openWorkplace();
    await mkdir(join(workplace.path, "sub", "page"), { recursive: true });
    const result = await workplace.start([...base, "us", option, path]).result;
    expect(result).toMatchObject({
      exitCode: 3,
      stdout: "",
      stderr: `*** cannot write ${complaint}\n`,
    });
    expect(await workplace.files()).toEqual([]);
  });

  test("--report and --gallery make their folders, as --out does", async () => {
    await using workplace = await openWorkplace();
    const args = [...base, "us", "--report", "a/b/r.json", "--gallery", "c/g.html"];
    expect(await workplace.start(args).result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await readdir(join(workplace.path, "a", "b"))).toEqual(["r.json"]);
    expect(await readdir(join(workplace.path, "c"))).toEqual(["g.html"]);
  });

  test("--report to a device writes there, and takes no name over", async () => {
    await using workplace = await openWorkplace();
    const args = [...base, "us", "--report", "/dev/null"];
    expect(await workplace.start(args).result).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
  });

  test("--progress plain is for logs", async () => {
    await using workplace = await openWorkplace();
    const { stderr } = await workplace.start([...base, "us", "br", "--progress", "plain"]).result;
    // A run of more than two seconds says more than once how far it is.
    expect(stderr).toMatch(/^(\d of 2 done, about .* left\n)*2 of 2 done, about 0 s left\n$/);
  });
});
