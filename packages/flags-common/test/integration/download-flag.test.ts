import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { downloadFlag } from "../../src/download-flag.js";
import { serveGifs, serveHttp, TINY_GIF } from "../fixtures/servers.js";
import { makeTempFolder } from "../fixtures/temp-folder.js";

describe("downloadFlag", () => {
  test("is ok when the file is there, in lower case", async () => {
    await using server = await serveGifs();
    await using folder = await makeTempFolder();
    expect(await downloadFlag(server.baseUrl, "US", { directory: folder.path })).toEqual({
      status: "ok",
      cc: "US",
      byteLength: TINY_GIF.length,
    });
    expect(Uint8Array.from(await readFile(join(folder.path, "us.gif")))).toEqual(TINY_GIF);
  });

  test("KB9: a file that cannot be written is an answer, not an exception", async () => {
    await using server = await serveGifs();
    const directory = "/nowhere/downloads";
    expect(await downloadFlag(server.baseUrl, "US", { directory })).toEqual({
      status: "error",
      cc: "US",
      code: "CANNOT_SAVE",
      reason: "cannot write to downloads/: no such file or directory",
    });
  });

  test.each([404, 503])("leaves no file after status %d", async (status) => {
    await using server = await serveHttp((_request, response) => response.writeHead(status).end());
    await using folder = await makeTempFolder();
    const result = await downloadFlag(server.baseUrl, "US", { directory: folder.path });
    expect(result.status).toBe(status === 404 ? "notFound" : "error");
    expect(await readdir(folder.path)).toEqual([]);
  });
});
