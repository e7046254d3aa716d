import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

import { describe, expect, test } from "@jest/globals";

import { launchFlagServer, startFlagServer } from "../../src/index.js";
import { temporaryFolder } from "../support/folders.js";
import { ask } from "../support/http.js";

describe("files of one's own", () => {
  test("are served on every listener with type, entity tag and ranges, and faults apply", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL", "DELAY"],
      delayMs: 1,
      files: {
        "/data/list.json": "[1, 2]",
        "/data/bytes": new Uint8Array([1, 2, 3]),
        "/page": { body: "<p>", contentType: "text/html" },
        "/größe.txt": "umlaut",
        "/flags/us/us.gif": "mine",
      },
      rules: [
        { match: { path: "/data/bytes", attempt: 2 }, fault: { kind: "status", status: 503 } },
      ],
    });
    const get = async (url: string, headers = {}) => {
      const { status, headers: fields, body } = await ask(server.origins.LOCAL + url, { headers });
      return [status, fields["content-type"], body.toString("latin1")];
    };
    expect(await get("/data/list.json")).toEqual([200, "application/json", "[1, 2]"]);
    expect(await get("/data/bytes")).toEqual([200, "application/octet-stream", "\x01\x02\x03"]);
    expect((await get("/data/bytes"))[0]).toBe(503);
    expect(await get("/page")).toEqual([200, "text/html", "<p>"]);
    expect((await get("/gr%C3%B6%C3%9Fe.txt"))[2]).toBe("umlaut");
    expect((await get("/flags/us/us.gif"))[2]).toBe("mine");
    expect((await get("/data/list.json", { Range: "bytes=1-1" }))[2]).toBe("1");
    expect((await ask(`${server.origins.DELAY}/page`)).status).toBe(200);
    const { headers } = await ask(`${server.origins.LOCAL}/page`);
    const again = await ask(`${server.origins.LOCAL}/page`, {
      headers: { "If-None-Match": headers.etag },
    });
    expect(again.status).toBe(304);
  });

  test("may have any characters in their names, which clients escape or not", async () => {
    await using folder = await temporaryFolder();
    const names = ["C++.txt", "a#b.txt", "50%.txt", "a b.txt", "x;y=1&z,@:$!'()~.txt", "größe.txt"];
    for (const name of names) await writeFile(path.join(folder.path, name), name);
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      files: folder.path,
    });
    for (const name of names) {
      const { status, body } = await ask(`${server.origins.LOCAL}/${encodeURIComponent(name)}`);
      expect([status, body.toString()]).toEqual([200, name]);
    }
    for (const written of ["C++.txt", "C%2b%2B.txt", "x;y=1&z,@:$!'()~.txt?a#b"]) {
      expect((await ask(`${server.origins.LOCAL}/${written}`)).status).toBe(200);
    }
    expect(server.journal({ path: "/C++.txt" })).toHaveLength(3);
  });

  test("an object may name them with any characters too, and a slash that is escaped is none", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      files: { "/a?b#c": "1", "/d/e": "2" },
    });
    expect((await ask(`${server.origins.LOCAL}/a%3Fb%23c`)).body.toString()).toBe("1");
    expect((await ask(`${server.origins.LOCAL}/d%2Fe`)).status).toBe(404);
  });

  test("index.html is served for its folder, on all levels", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      control: true,
      files: { "/index.html": "top", "/a/index.html": "a", "/b/index.html": "b", "/b/": "own" },
    });
    const get = async (url: string) => {
      const { status, headers, body } = await ask(server.origins.LOCAL + url);
      return [status, headers["content-type"], body.toString()];
    };
    const type = "text/html; charset=utf-8";
    expect(await get("/")).toEqual([200, type, "top"]);
    expect(await get("/a/")).toEqual([200, type, "a"]);
    expect((await get("/b/"))[2]).toBe("own");
    expect((await get("/a"))[0]).toBe(404);
  });

  test("index.html of a folder is served for it", async () => {
    await using folder = await temporaryFolder();
    await writeFile(path.join(folder.path, "index.html"), "top");
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      files: folder.path,
    });
    expect((await ask(`${server.origins.LOCAL}/?x`)).body.toString()).toBe("top");
  });

  test("can be a folder: its files, but no links out of it", async () => {
    await using folder = await temporaryFolder();
    await mkdir(path.join(folder.path, "public", "deep"), { recursive: true });
    await writeFile(path.join(folder.path, "secret.txt"), "secret");
    await writeFile(path.join(folder.path, "public", "deep", "a.css"), "a {}");
    await symlink(
      path.join(folder.path, "secret.txt"),
      path.join(folder.path, "public", "link.txt"),
    );
    const files = path.join(folder.path, "public");
    await using server = await launchFlagServer({ port: 0, listeners: ["LOCAL"], files });
    const origin = new URL(server.urls.LOCAL).origin;
    const css = await ask(`${origin}/deep/a.css`);
    expect([css.headers["content-type"], css.body.toString()]).toEqual([
      "text/css; charset=utf-8",
      "a {}",
    ]);
    for (const gone of [
      "/link.txt",
      "/../secret.txt",
      "/deep/../../secret.txt",
      "/%2e%2e/secret.txt",
      "/deep",
    ]) {
      expect([gone, (await ask(origin + gone)).status]).toEqual([gone, 404]);
    }
  });

  test("a folder that is not there rejects the start", async () => {
    await expect(startFlagServer({ port: 0, files: "/nowhere/at/all" })).rejects.toMatchObject({
      code: "ENOENT",
    });
  });

  test("a launched server takes a folder alone, rules and profiles as they are", async () => {
    expect(() => launchFlagServer({ port: 0, files: { "/a": "b" } })).toThrow(TypeError);
    await using server = await launchFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      profile: { description: 'with "quotes" and spaces', rules: [{ fault: { kind: "html" } }] },
      rules: [{ match: { codes: ["US"] }, fault: { kind: "status", status: 410 } }],
      control: true,
    });
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`)).status).toBe(410);
    expect((await ask(`${server.urls.LOCAL}/br/br.gif`)).headers["content-type"]).toContain("html");
    expect((await ask(`${server.controlUrl}metrics`)).status).toBe(200);
  });
});
