import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { findDestination, prepareDestination } from "../../../src/save/destination.js";
import { makeTempFolder } from "../../fixtures/temp-folder.js";

describe("prepareDestination", () => {
  test("KB5: creates the folder and leaves it empty", async () => {
    await using folder = await makeTempFolder();
    const directory = join(folder.path, "a", "downloads");
    await prepareDestination(directory);
    expect(await readdir(directory)).toEqual([]);
  });

  test("keeps what is there", async () => {
    await using folder = await makeTempFolder();
    await writeFile(join(folder.path, "us.gif"), "x");
    await prepareDestination(folder.path);
    expect(await readdir(folder.path)).toEqual(["us.gif"]);
  });

  test("a file in its place is an error of one line", async () => {
    await using folder = await makeTempFolder();
    await writeFile(join(folder.path, "downloads"), "x");
    const place = join(folder.path, "downloads");
    await expect(prepareDestination(place)).rejects.toMatchObject({
      name: "DestinationError",
      message: `cannot write to ${place}/: not a folder`,
    });
    await expect(prepareDestination(join(place, "x"))).rejects.toThrow(
      `cannot write to ${place}/x/: not a folder`,
    );
  });

  test.each([
    ["package.json", "cannot write to package.json/: not a folder"],
    ["./package.json/a/", "cannot write to ./package.json/a/: not a folder"],
    [resolve("package.json"), "cannot write to package.json/: not a folder"],
    ["../../package.json", "cannot write to ../../package.json/: not a folder"],
  ])("its message has the path %s as one would write it here", async (directory, message) => {
    await expect(prepareDestination(directory)).rejects.toThrow(message);
  });

  test("a folder that takes no files is an error of one line", async () => {
    // Nobody can write there, whatever the modes say and whoever asks.
    await expect(prepareDestination("/proc/self/task")).rejects.toThrow(
      /^cannot write to \/proc\/self\/task\/: [a-z ]+$/,
    );
  });

  test("a folder that cannot be made is an error of one line", async () => {
    // On Linux /proc answers ENOENT, although it is there; elsewhere an ordinary user may not write to the root.
    await expect(prepareDestination("/proc/concur-flags/x")).rejects.toThrow(
      /^cannot write to \/proc\/concur-flags\/x\/: [a-z ]+$/,
    );
  });

  test("makes the folders that lead to it", async () => {
    await using folder = await makeTempFolder();
    // Several, as whoever is second at each step is left to the system.
    for (const round of ["1", "2", "3", "4", "5"]) {
      const deep = join(folder.path, round, "a", "b", "c", "d");
      await Promise.all(Array.from({ length: 8 }, () => prepareDestination(deep)));
      expect(await readdir(deep)).toEqual([]);
    }
  });

  test("removes the temporary files of dead processes, and only those", async () => {
    await using folder = await makeTempFolder();
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    const dead = child.pid ?? 0;
    await once(child, "exit");
    const stale = [`.us.gif.${dead}.1.part`, `.us.gif.${process.pid}.99999999.part`];
    const kept = [
      `.us.gif.${process.ppid}.1.part`,
      ".us.gif.part",
      "us.gif",
      `us.gif.${dead}.1.part`,
      `.us.gif.${dead}.part`,
    ];
    for (const name of [...stale, ...kept]) await writeFile(join(folder.path, name), "x");
    await prepareDestination(folder.path);
    expect((await readdir(folder.path)).sort()).toEqual(kept.sort());
  });
});

describe("findDestination", () => {
  test("is downloads in the current folder", async () => {
    expect(await findDestination({}, "/somewhere")).toBe("/somewhere/downloads");
    expect(await findDestination()).toBe(join(process.cwd(), "downloads"));
  });

  test("is where the user stands when pnpm runs a script", async () => {
    await using folder = await makeTempFolder();
    const script = {
      INIT_CWD: "/home/user",
      npm_lifecycle_event: "start",
      npm_package_json: join(folder.path, "package.json"),
    };
    expect(await findDestination(script, folder.path)).toBe("/home/user/downloads");
    await symlink(folder.path, join(folder.path, "link"));
    expect(await findDestination(script, join(folder.path, "link"))).toBe("/home/user/downloads");
  });

  test("does not fall for the variables of a script that runs around us", async () => {
    await using folder = await makeTempFolder();
    const inner = join(folder.path, "inner");
    await mkdir(inner);
    const script = {
      INIT_CWD: "/home/user",
      npm_lifecycle_event: "test",
      npm_package_json: join(folder.path, "package.json"),
    };
    expect(await findDestination(script, inner)).toBe(join(inner, "downloads"));
    expect(await findDestination({ INIT_CWD: "/home/user" }, inner)).toBe(join(inner, "downloads"));
    const gone = { ...script, npm_package_json: join(folder.path, "gone", "package.json") };
    expect(await findDestination(gone, inner)).toBe(join(inner, "downloads"));
  });
});
