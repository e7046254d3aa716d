import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";

import { describe, expect, test } from "@jest/globals";
import sharp from "sharp";

import { renderFlag } from "../../scripts/build-flags.mjs";
import { FLAG_COUNTRY_CODES, flagManifest } from "../../src/index.js";

const FLAGS = new URL("../../assets/flags/", import.meta.url);
const { flags, lastModified, source } = flagManifest();

function readFlag(code: string): Promise<Buffer> {
  const lower = code.toLowerCase();
  return readFile(new URL(`${lower}/${lower}.gif`, FLAGS));
}

describe("flagManifest()", () => {
  test("lists exactly the 194 codes, and the folder holds nothing else", async () => {
    expect(Object.keys(flags)).toEqual(FLAG_COUNTRY_CODES);
    const folders = await readdir(FLAGS);
    expect(folders.sort()).toEqual(FLAG_COUNTRY_CODES.map((code) => code.toLowerCase()));
  });

  test("names its source and a date that is past", () => {
    expect(source).toEqual({ package: "flag-icons", version: "7.5.0", license: "MIT" });
    expect(Date.parse(lastModified)).toBeLessThanOrEqual(Date.now());
  });

  test("gives each caller an object of its own", () => {
    expect(flagManifest()).not.toBe(flagManifest());
  });
});

describe("flag images", () => {
  test.each(FLAG_COUNTRY_CODES.map((code) => [code]))(
    "%s is a whole GIF of the listed size and checksum",
    async (code) => {
      const image = await readFlag(code);
      expect({
        magic: image.toString("latin1", 0, 6),
        trailer: image.at(-1),
        bytes: image.length,
        sha256: createHash("sha256").update(image).digest("hex"),
        width: image.readUInt16LE(6),
        height: image.readUInt16LE(8),
      }).toEqual({
        magic: "GIF89a",
        trailer: 0x3b,
        bytes: flags[code]?.bytes,
        sha256: flags[code]?.sha256,
        width: 320,
        height: 240,
      });
    },
  );

  test("no two countries have the same image", () => {
    const checksums = Object.values(flags).map((flag) => flag.sha256);
    expect(new Set(checksums).size).toBe(checksums.length);
  });

  test.each([["US"], ["BR"], ["NP"], ["LK"], ["VA"]])(
    "%s has the pixels that its drawing gives today",
    async (code) => {
      const pixels = async (image: Buffer) => sharp(image).ensureAlpha().raw().toBuffer();
      const kept = await pixels(await readFlag(code));
      const fresh = await pixels(await renderFlag(code));
      expect(kept.equals(fresh)).toBe(true);
    },
  );

  test.each([
    ["GB", { tld_cc: ".uk", iso_cc: "GB", country: "United Kingdom" }],
    ["CI", { tld_cc: ".ci", iso_cc: "CI", country: "Côte d'Ivoire" }],
  ])("%s has the metadata of its country", async (code, metadata) => {
    const text = await readFile(new URL(`${code.toLowerCase()}/metadata.json`, FLAGS), "utf8");
    expect(JSON.parse(text)).toEqual(metadata);
  });
});
