import { createHash } from "node:crypto";
import type { RequestListener } from "node:http";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import {
  attemptDownload,
  type AttemptRequest,
  type AttemptResult,
} from "../../../src/attempt/attempt-download.js";
import { createFlagClient } from "../../../src/fetch/flag-client.js";
import { sendGif, serveGifs, serveHttp, TINY_GIF } from "../../fixtures/servers.js";
import { makeTempFolder } from "../../fixtures/temp-folder.js";

const sha256 = createHash("sha256").update(TINY_GIF).digest("hex");

async function attemptAt(
  server: { readonly baseUrl: string },
  directory: string,
  options: Partial<AttemptRequest> = {},
): Promise<AttemptResult> {
  using client = createFlagClient();
  const request: AttemptRequest = {
    url: `${server.baseUrl}/us/us.gif`,
    directory,
    fileName: "us.gif",
    expect: "gif",
    remainingMs: 30_000,
    resume: false,
    ...options,
  };
  // As it would come back from a thread.
  return structuredClone(await attemptDownload(structuredClone(request), { client }));
}

describe("attemptDownload", () => {
  test("is ok when the file is there", async () => {
    await using server = await serveGifs();
    await using folder = await makeTempFolder();
    const result = await attemptAt(server, folder.path);
    expect(result).toMatchObject({ status: "ok", byteLength: TINY_GIF.length, sha256 });
    expect(result.headersMs).toBeLessThanOrEqual(result.totalMs);
    expect(Uint8Array.from(await readFile(join(folder.path, "us.gif")))).toEqual(TINY_GIF);
  });

  test("KB9: a file that cannot be written is an answer, not an exception", async () => {
    await using server = await serveGifs();
    expect(await attemptAt(server, "/nowhere/downloads")).toMatchObject({
      status: "error",
      code: "CANNOT_SAVE",
      reason: "cannot write to /nowhere/downloads/: no such file or directory",
    });
  });

  test.each([404, 503])("leaves no file after status %d", async (status) => {
    await using server = await serveHttp((_request, response) => response.writeHead(status).end());
    await using folder = await makeTempFolder();
    const result = await attemptAt(server, folder.path);
    expect(result.status).toBe(status === 404 ? "notFound" : "error");
    expect(await readdir(folder.path)).toEqual([]);
  });

  test("a file with another SHA-256 than expected is not saved", async () => {
    await using server = await serveGifs();
    await using folder = await makeTempFolder();
    expect(await attemptAt(server, folder.path, { sha256 })).toMatchObject({ status: "ok" });
    await using empty = await makeTempFolder();
    expect(await attemptAt(server, empty.path, { sha256: "0".repeat(64) })).toMatchObject({
      status: "error",
      code: "CHECKSUM",
      reason: "SHA-256 is not the one of the manifest",
    });
    expect(await readdir(empty.path)).toEqual([]);
  });

  test("files that are no GIFs are taken as they are, if they are whole", async () => {
    await using server = await serveHttp((request, response) => {
      expect(request.headers.accept).toBe("*/*");
      response.writeHead(200, { "Content-Type": "text/plain" }).end("hello");
    });
    await using folder = await makeTempFolder();
    const options = { expect: "anything", fileName: "hello.txt" } as const;
    expect(await attemptAt(server, folder.path, options)).toMatchObject({ byteLength: 5 });
    expect(await readFile(join(folder.path, "hello.txt"), "utf8")).toBe("hello");
  });

  test("asks whether what is there has changed", async () => {
    const asked: unknown[] = [];
    await using server = await serveHttp((request, response) => {
      asked.push(request.headers["if-none-match"]);
      if (request.headers["if-none-match"] === '"1"') response.writeHead(304).end();
      else {
        response.setHeader("ETag", '"1"');
        sendGif(response);
      }
    });
    await using folder = await makeTempFolder();
    expect(await attemptAt(server, folder.path)).toMatchObject({ status: "ok", etag: '"1"' });
    const known = { etag: '"1"' };
    expect(await attemptAt(server, folder.path, { known })).toMatchObject({
      status: "notModified",
    });
    expect(asked).toEqual([undefined, '"1"']);
  });
});

/** A GIF's beginning and end around so many bytes that it comes in several pieces. */
const LARGE_GIF = Buffer.concat([
  TINY_GIF.subarray(0, -1),
  Buffer.alloc(300_000, 7),
  Uint8Array.of(0x3b),
]);

/** Serves the large GIF with ranges; the whole file breaks off in the middle. */
function breakingServer(etag: string, ranges: (string | undefined)[]): RequestListener {
  return (request, response) => {
    const { range, "if-range": ifRange } = request.headers;
    ranges.push(range);
    response.setHeader("Content-Type", "image/gif");
    response.setHeader("ETag", etag);
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    if (start >= LARGE_GIF.length) response.writeHead(416).end();
    else if (start > 0 && ifRange === etag) {
      response.writeHead(206, {
        "Content-Length": LARGE_GIF.length - start,
        "Content-Range": `bytes ${start}-${LARGE_GIF.length - 1}/${LARGE_GIF.length}`,
      });
      response.end(LARGE_GIF.subarray(start));
    } else if (ranges.length > 1) response.end(LARGE_GIF);
    else {
      response.writeHead(200, { "Content-Length": LARGE_GIF.length });
      response.write(LARGE_GIF.subarray(0, 200_000), () => {
        response.socket?.end();
      });
    }
  };
}

describe("attemptDownload with resume", () => {
  const resume = { resume: true } as const;

  test("goes on where an earlier try broke off", async () => {
    const ranges: (string | undefined)[] = [];
    await using server = await serveHttp(breakingServer('"1"', ranges));
    await using folder = await makeTempFolder();
    const first = await attemptAt(server, folder.path, resume);
    expect(first).toMatchObject({ status: "error", code: "TRUNCATED" });
    expect(await readdir(folder.path)).toEqual([".us.gif.resume"]);
    const second = await attemptAt(server, folder.path, resume);
    expect(second).toMatchObject({ status: "ok", byteLength: LARGE_GIF.length });
    const { resumedBytes } = second as { resumedBytes: number };
    expect(resumedBytes).toBeGreaterThan(0);
    expect(ranges).toEqual([undefined, `bytes=${resumedBytes}-`]);
    expect(await readdir(folder.path)).toEqual(["us.gif"]);
    expect(await readFile(join(folder.path, "us.gif"))).toEqual(LARGE_GIF);
  });

  test("starts anew when the file has changed", async () => {
    await using folder = await makeTempFolder();
    const ranges: (string | undefined)[] = [];
    let etag = '"1"';
    await using server = await serveHttp((request, response) => {
      breakingServer(etag, ranges)(request, response);
    });
    await attemptAt(server, folder.path, resume);
    etag = '"2"';
    const second = await attemptAt(server, folder.path, resume);
    expect(second).toMatchObject({ status: "ok", byteLength: LARGE_GIF.length, etag: '"2"' });
    expect(second).not.toHaveProperty("resumedBytes");
    expect(await readFile(join(folder.path, "us.gif"))).toEqual(LARGE_GIF);
    expect(await readdir(folder.path)).toEqual(["us.gif"]);
  });

  test("starts anew when the server says that the beginning is too long", async () => {
    await using folder = await makeTempFolder();
    let requests = 0;
    await using server = await serveHttp((request, response) => {
      requests += 1;
      response.setHeader("ETag", '"1"');
      if (requests === 1) {
        // Without a length, a body that breaks off looks whole.
        response.setHeader("Content-Type", "image/gif");
        response.shouldKeepAlive = false;
        response.removeHeader("Transfer-Encoding");
        response.write("GIF89a");
        response.end();
      } else if (request.headers.range === "bytes=6-") response.writeHead(416).end();
      else sendGif(response);
    });
    expect(await attemptAt(server, folder.path, resume)).toMatchObject({ code: "TRUNCATED" });
    expect(await attemptAt(server, folder.path, resume)).toMatchObject({ status: "ok" });
    expect(requests).toBe(3);
    expect(await readdir(folder.path)).toEqual(["us.gif"]);
  });

  test("without resume nothing of a broken file is kept", async () => {
    await using server = await serveHttp(breakingServer('"1"', []));
    await using folder = await makeTempFolder();
    expect(await attemptAt(server, folder.path)).toMatchObject({ code: "TRUNCATED" });
    expect(await readdir(folder.path)).toEqual([]);
  });
});
