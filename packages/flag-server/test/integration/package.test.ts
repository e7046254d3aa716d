import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { FLAG_COUNTRY_CODES } from "../../src/index.js";
import { ask } from "../support/http.js";
import { runNode, until } from "../support/processes.js";

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));

const CHECK = `
async function check({ startFlagServer, launchFlagServer, flagManifest, FLAG_COUNTRY_CODES }) {
  const { sha256 } = flagManifest().flags.US;
  const results = [FLAG_COUNTRY_CODES.length];
  for (const start of [startFlagServer, launchFlagServer]) {
    const server = await start({ port: 0, listeners: ["LOCAL"] });
    const { headers } = await fetch(server.urls.LOCAL + "/us/us.gif");
    results.push(headers.get("etag") === JSON.stringify(sha256));
    await server.stop();
  }
  console.log(JSON.stringify(results));
}`;

let folder: string;
/** A program's folder with the package installed, in a place whose name is odd. */
let home: string;
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "flag-server-"));
  // The build is there already, so the package's own prepack step is left out.
  const args = ["pack", "--config.ignore-scripts=true", "--pack-destination", folder];
  await run("pnpm", args, { cwd: PACKAGE, shell: process.platform === "win32" });
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? "";
  await run("tar", ["-xzf", path.join(folder, tarball), "-C", folder]);

  home = path.join(folder, "we#ird %20 dir é");
  installed = path.join(home, "node_modules", "@concur", "flag-server");
  await mkdir(path.dirname(installed), { recursive: true });
  await cp(path.join(folder, "package"), installed, { recursive: true });
  await cp(
    path.join(PACKAGE, "node_modules", "argparse"),
    path.join(home, "node_modules", "argparse"),
    { recursive: true, dereference: true },
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the packed package", () => {
  test("holds the program, the flags and the notices, and no sources or tests", async () => {
    expect((await readdir(installed)).sort()).toEqual(
      // prettier-ignore
      ["CHANGELOG.md", "LICENSE", "NOTICE", "README.md", "assets", "dist", "docs", "package.json", "profile.schema.json"],
    );
    const flags = await readdir(path.join(installed, "assets", "flags"));
    expect(flags).toHaveLength(FLAG_COUNTRY_CODES.length);
    const manifest = await readFile(path.join(installed, "package.json"), "utf8");
    const { dependencies } = JSON.parse(manifest) as { dependencies: object };
    expect(Object.keys(dependencies)).toEqual(["argparse"]);
    expect(manifest).not.toContain("catalog:");
  });

  test.each([
    ["check.mjs", `import * as api from "@concur/flag-server";${CHECK}\nawait check(api);`],
    ["check.cjs", `const api = require("@concur/flag-server");${CHECK}\ncheck(api);`],
  ])("starts and launches servers from %s in a folder with an odd name", async (name, source) => {
    const script = path.join(home, name);
    await writeFile(script, source);
    await using program = runNode(script);
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.output).toEqual({ stdout: "[194,true,true]\n", stderr: "" });
  });

  test("has a program that runs as it is", async () => {
    const bin = path.join(installed, "dist", "cli.js");
    expect((await readFile(bin, "utf8")).startsWith("#!/usr/bin/env node\n")).toBe(true);
    await using program = runNode(bin, ["--port", "0"]);
    await until(() => program.output.stdout.includes("Press"));
    const url = /^LOCAL (\S+)$/m.exec(program.output.stdout)?.[1] ?? "";
    expect((await ask(`${url}/zw/zw.gif`)).status).toBe(200);
    program.child.kill("SIGINT");
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });
});
