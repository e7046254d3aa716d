import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { startProgram } from "../../../src/testing.js";
import { DestinationError } from "../../../src/save/destination-error.js";
import { saveFlag } from "../../../src/save/save-flag.js";
import { TINY_GIF } from "../../fixtures/servers.js";
import { makeTempFolder } from "../../fixtures/temp-folder.js";

describe("saveFlag", () => {
  test("KB14: the file is whole under its name when the promise resolves", async () => {
    await using folder = await makeTempFolder();
    await saveFlag(folder.path, "us.gif", TINY_GIF);
    expect(Uint8Array.from(await readFile(join(folder.path, "us.gif")))).toEqual(TINY_GIF);
    expect(await readdir(folder.path)).toEqual(["us.gif"]);
  });

  test("replaces an older file", async () => {
    await using folder = await makeTempFolder();
    await writeFile(join(folder.path, "us.gif"), "old and much longer than the new one ".repeat(9));
    await saveFlag(folder.path, "us.gif", TINY_GIF);
    expect(await readFile(join(folder.path, "us.gif"))).toHaveLength(TINY_GIF.length);
  });

  test("many at once, the same name among them", async () => {
    await using folder = await makeTempFolder();
    const names = Array.from({ length: 200 }, (_, index) => `f${index % 150}.gif`);
    await Promise.all(names.map((name) => saveFlag(folder.path, name, TINY_GIF)));
    expect((await readdir(folder.path)).sort()).toEqual([...new Set(names)].sort());
  });

  test("steps aside when a leftover has the name of its temporary file", async () => {
    await using folder = await makeTempFolder();
    const leftovers = Array.from({ length: 900 }, (_, n) => `.us.gif.${process.pid}.${n}.part`);
    await Promise.all(leftovers.map((name) => writeFile(join(folder.path, name), "leftover")));
    await saveFlag(folder.path, "us.gif", TINY_GIF);
    expect(await readFile(join(folder.path, "us.gif"))).toHaveLength(TINY_GIF.length);
    for (const name of leftovers) {
      expect(await readFile(join(folder.path, name), "utf8")).toBe("leftover");
    }
  });

  test("a folder that is not there is an error with one line and a code", async () => {
    await using folder = await makeTempFolder();
    const error = await saveFlag(join(folder.path, "gone"), "us.gif", TINY_GIF).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(DestinationError);
    expect(error).toMatchObject({
      name: "DestinationError",
      code: "ENOENT",
      message: `cannot write to ${folder.path}/gone/: no such file or directory`,
    });
  });

  test("what cannot be renamed leaves no temporary file", async () => {
    await using folder = await makeTempFolder();
    await mkdir(join(folder.path, "us.gif"));
    await expect(saveFlag(folder.path, "us.gif", TINY_GIF)).rejects.toThrow(
      `cannot write to ${folder.path}/: illegal operation on a directory`,
    );
    expect(await readdir(folder.path)).toEqual(["us.gif"]);
  });

  test.each(["", ".", "..", "../us.gif", "a/us.gif", "/us.gif"])(
    "refuses the name %j",
    async (name) => {
      await using folder = await makeTempFolder();
      await expect(saveFlag(folder.path, name, TINY_GIF)).rejects.toThrow(TypeError);
      expect(await readdir(folder.path)).toEqual([]);
    },
  );

  test("a full disk leaves neither a final nor a temporary file", async () => {
    await using folder = await makeTempFolder();
    // No file of this process may grow beyond a block of 512 or 1024 bytes.
    const program = new URL("../../fixtures/save-large.mjs", import.meta.url).pathname;
    const { result } = startProgram(program, [], { cwd: folder.path, fileSizeBlocks: 1 });
    expect(await result).toMatchObject({
      exitCode: 0,
      stdout: "EFBIG cannot write to ./: file too large\n",
    });
    expect(await readdir(folder.path)).toEqual([]);
  });
});
