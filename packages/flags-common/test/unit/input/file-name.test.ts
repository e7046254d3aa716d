import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { FileNames, nameOfUrl, plainName } from "../../../src/input/file-name.js";

const nameOf = (path: string): string => nameOfUrl(new URL(`http://x/${path}`));

describe("names of files", () => {
  test.each([
    ["%20.bashrc", "_bashrc"],
    ["%20.versions.json", "_versions.json"],
    ["%C2%A0.us.gif.resume", "_us.gif.resume"],
    ["%20..%20", "index.html"],
    ["%2e%20%2e", "index.html"],
    ["a.gif.%20.", "a.gif"],
    ["..%2F..%2Fetc%2Fpasswd", "__.._etc_passwd"],
    ["a%5Cb", "a_b"],
    ["%00%1b%5bm.gif", "__[m.gif"],
    ["a%E2%80%AEfig.exe", "a_fig.exe"],
    ["CON", "_CON"],
    ["nul.txt", "_nul.txt"],
    ["com1%20.gif", "_com1 .gif"],
    ["LPT%C2%B9", "_LPT¹"],
    ["console.gif", "console.gif"],
    ["e%CC%81.gif", "é.gif"],
    ["", "index.html"],
    ["%E0%A4%A", "%E0%A4%A"],
  ])("D3, D4: %s is called %s", (path, name) => {
    expect(nameOf(path)).toBe(name);
  });

  test("D5: a name of 60 emoji is cut between two of them", () => {
    const name = plainName(`${"🏴‍☠️🙂".repeat(30)}.gif`);
    expect(name).toMatch(/🙂\.gif$/u);
    expect(Buffer.from(name).toString()).toBe(name);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  });

  test("whatever the text, the name is a plain one, can be written, and stays as it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 300 }),
          fc.string({ unit: fc.constantFrom(" ", ".", "/", "\u00a0", "C", "O", "N", "🙂", "é") }),
        ),
        (text) => {
          const name = plainName(text);
          expect(name).not.toMatch(/^[.\s]|[.\s]$|[\\/\p{Cc}\p{Cs}]/u);
          expect(name).not.toBe("");
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(201);
          expect(plainName(name).replace(/^_+/, "")).toBe(name.replace(/^_+/, ""));
        },
      ),
    );
  });

  test("no two names of a run are the same, however a file system compares them", () => {
    const names = new FileNames();
    const taken = ["a.gif", "A.gif", "a-2.gif", "é", "e\u0301", "ﬁ", "FI"].map((name) =>
      names.take(name),
    );
    const keys = taken.map((name) => name.normalize("NFKC").toLowerCase());
    expect(new Set(keys).size).toBe(taken.length);
  });
});
