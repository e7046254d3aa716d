import { existsSync, statSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { NO_LIMITS, readCounts } from "../../../src/testing.js";
import { openWorkplace } from "../../fixtures/pooled-program.js";
import { serveHttp } from "../../fixtures/servers.js";

const BODY = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));

/** Serves one file with ETag and ranges, each time as far as it is told to. */
async function serveParts() {
  const ranges: (string | undefined)[] = [];
  let etag = '"1"';
  let end = BODY.length;
  let held: ServerResponse | undefined;
  const server = await serveHttp((request, response) => {
    const { range } = request.headers;
    ranges.push(range);
    if (end === 0) {
      held = response;
      return;
    }
    const isPart = range !== undefined && request.headers["if-range"] === etag;
    const start = isPart ? Number(/\d+/.exec(range)?.[0]) : 0;
    response.writeHead(isPart ? 206 : 200, {
      ETag: etag,
      "Content-Length": BODY.length - start,
      ...(isPart ? { "Content-Range": `bytes ${start}-${BODY.length - 1}/${BODY.length}` } : {}),
    });
    if (end === BODY.length) response.end(BODY.subarray(start));
    else response.write(BODY.subarray(start, end));
  });
  return {
    url: `http://127.0.0.1:${server.port}/large.bin`,
    ranges,
    /** What is sent of the file from now on; nothing at all, not even a head, for 0. */
    sendTo: (byteLength: number) => (end = byteLength),
    changeVersion: () => (etag = '"2"'),
    isHeld: () => held !== undefined,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function openRun(url: string) {
  const workplace = await openWorkplace();
  const directory = join(workplace.path, "downloads");
  const start = (...args: string[]) =>
    workplace.start([...NO_LIMITS, ...args, "--urls", "-"], { input: url });
  const names = async () => (existsSync(directory) ? (await readdir(directory)).sort() : []);
  return {
    directory,
    names,
    finish: async (...args: string[]) => {
      const { stdout } = await start(...args).result;
      return readCounts(stdout);
    },
    /** Kills a run as soon as that holds. */
    async killWhen(isReady: () => boolean | Promise<boolean>, ...args: string[]) {
      const { child, result } = start(...args);
      while (!(await isReady())) await new Promise(setImmediate);
      child.kill("SIGKILL");
      await result;
    },
    /** Whether so much of the file is in a temporary one. */
    async has(byteLength: number) {
      const parts = (await names()).filter((name) => name.endsWith(".part"));
      return parts.some((name) => {
        // It may have got its name meanwhile.
        const file = statSync(join(directory, name), { throwIfNoEntry: false });
        return file !== undefined && file.size >= byteLength;
      });
    },
    [Symbol.asyncDispose]: () => workplace[Symbol.asyncDispose](),
  };
}

describe("a run that is killed in the midst of a file", () => {
  test("--resume goes on from there", async () => {
    await using server = await serveParts();
    await using run = await openRun(server.url);
    server.sendTo(2_000_000);
    await run.killWhen(() => run.has(1_900_000), "--resume");
    server.sendTo(BODY.length);
    expect(await run.finish("--resume")).toMatchObject({ ok: 1 });
    const from = Number(/^bytes=(\d+)-$/.exec(server.ranges[1] ?? "")?.[1]);
    // No more is lost than what comes between two notes.
    expect(from).toBeGreaterThan(800_000);
    expect(from).toBeLessThanOrEqual(2_000_000);
    expect(BODY.equals(await readFile(join(run.directory, "large.bin")))).toBe(true);
    expect(await run.names()).toEqual([".versions.json", "large.bin"]);
  });

  test("--resume keeps a beginning through one kill after the other", async () => {
    await using server = await serveParts();
    await using run = await openRun(server.url);
    server.sendTo(1_000_000);
    await run.killWhen(() => run.has(900_000), "--resume");
    // Killed before there was an answer.
    server.sendTo(0);
    await run.killWhen(server.isHeld, "--resume");
    // Killed in the midst of the rest.
    server.sendTo(2_500_000);
    await run.killWhen(() => run.has(2_400_000), "--resume");
    server.sendTo(BODY.length);
    expect(await run.finish("--resume")).toMatchObject({ ok: 1 });
    const froms = server.ranges.map((range) => Number(/\d+/.exec(range ?? "0")?.[0]));
    expect(froms.slice(1).every((from) => from > 0)).toBe(true);
    expect(froms[2]).toBe(froms[1]);
    expect(froms[3]).toBeGreaterThan(froms[2] ?? Infinity);
    expect(BODY.equals(await readFile(join(run.directory, "large.bin")))).toBe(true);
    expect(await run.names()).toEqual([".versions.json", "large.bin"]);
  });

  test.each(["another version at the server", "another content here"])(
    "%s is fetched anew",
    async (what) => {
      await using server = await serveParts();
      await using run = await openRun(server.url);
      server.sendTo(2_000_000);
      await run.killWhen(() => run.has(1_900_000), "--resume");
      if (what.startsWith("another version")) server.changeVersion();
      else {
        const part = (await run.names()).find((name) => name.endsWith(".part")) ?? "";
        const bytes = await readFile(join(run.directory, part));
        await writeFile(join(run.directory, part), bytes.fill(0, 100, 200));
      }
      server.sendTo(BODY.length);
      expect(await run.finish("--resume")).toMatchObject({ ok: 1 });
      expect(BODY.equals(await readFile(join(run.directory, "large.bin")))).toBe(true);
      expect(await run.names()).toEqual([".versions.json", "large.bin"]);
    },
  );

  test("without --resume nothing is left of it after the next run", async () => {
    await using server = await serveParts();
    await using run = await openRun(server.url);
    server.sendTo(2_000_000);
    await run.killWhen(() => run.has(1_000_000));
    server.sendTo(BODY.length);
    expect(await run.finish()).toMatchObject({ ok: 1 });
    expect(server.ranges).toEqual([undefined, undefined]);
    expect(await run.names()).toEqual([".versions.json", "large.bin"]);
  });
});
