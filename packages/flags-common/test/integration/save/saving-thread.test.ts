import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { SavingThread } from "../../../src/save/saving-thread.js";
import { makeTempFolder } from "../../fixtures/temp-folder.js";

/** Bytes as they come from a server: in the middle of others. */
function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(`before ${text} behind`).subarray(7, 7 + text.length);
}

describe("a thread that saves files", () => {
  test("has each file whole under its name when the promise resolves, small or large", async () => {
    await using folder = await makeTempFolder();
    await using thread = new SavingThread();
    const texts = Array.from({ length: 300 }, (_, index) => `${index} `.repeat(index * index));
    await Promise.all(
      texts.map(async (text, index) => {
        await thread.save(folder.path, `${index}.txt`, bytesOf(text));
        expect(await readFile(join(folder.path, `${index}.txt`), "utf8")).toBe(text);
      }),
    );
    expect(await readdir(folder.path)).toHaveLength(texts.length);
  });

  test("tells of each file that cannot be saved, and leaves nothing of it", async () => {
    await using folder = await makeTempFolder();
    await using thread = new SavingThread();
    await mkdir(join(folder.path, "taken.txt"));
    const results = await Promise.allSettled([
      thread.save(folder.path, "one.txt", bytesOf("one")),
      thread.save(folder.path, "taken.txt", bytesOf("two")),
      thread.save(join(folder.path, "gone"), "three.txt", bytesOf("three")),
      thread.save(folder.path, "four.txt", bytesOf("four")),
    ]);
    expect(results).toMatchObject([
      { status: "fulfilled" },
      { status: "rejected", reason: { code: "EISDIR" } },
      { status: "rejected", reason: { code: "ENOENT" } },
      { status: "fulfilled" },
    ]);
    expect((await readdir(folder.path)).sort()).toEqual(["four.txt", "one.txt", "taken.txt"]);
  });

  test("files are saved when it is no more, also those that it has", async () => {
    await using folder = await makeTempFolder();
    const thread = new SavingThread();
    const saves = ["a", "b", "c"].map((text) => thread.save(folder.path, text, bytesOf(text)));
    // Handed over in the next turn, to a thread that is told to end in this one.
    await thread[Symbol.asyncDispose]();
    await Promise.all(saves);
    await thread.save(folder.path, "later", bytesOf("later"));
    expect((await readdir(folder.path)).sort()).toEqual(["a", "b", "c", "later"]);
    expect(await readFile(join(folder.path, "b"), "utf8")).toBe("b");
  });
});
