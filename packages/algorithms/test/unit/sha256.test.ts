import { createHash } from "node:crypto";
import { randomBytes, sha256Hex, shaJob, type BinaryData } from "../../src/index.js";
import * as browser from "../../src/sha256-browser.js";
import { describe, expect, test } from "@jest/globals";

// FIPS 180-4's examples, and the empty message.
const VECTORS = [
  {
    title: "nothing",
    text: "",
    digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  },
  {
    title: "one block",
    text: "abc",
    digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  },
  {
    title: "two blocks",
    text: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    digest: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  },
  {
    title: "a million times a",
    text: "a".repeat(1_000_000),
    digest: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  },
];

describe.each([
  ["Node", sha256Hex, shaJob],
  ["browsers", browser.sha256Hex, browser.shaJob],
])("SHA-256 of %s", (_name, hash, job) => {
  test.each(VECTORS)("of $title", ({ text, digest }) => {
    expect(hash(Buffer.from(text))).toBe(digest);
  });

  test("agrees with node:crypto for every length around the edges of blocks", () => {
    for (let size = 0; size <= 300; size += 1) {
      const data = randomBytes(size, size);
      expect(hash(data)).toBe(createHash("sha256").update(data).digest("hex"));
    }
  });

  test("takes views with an offset", () => {
    const memory = randomBytes(100, 1);
    const view = new DataView(memory.buffer, 9, 70);
    expect(hash(view)).toBe(hash(memory.slice(9, 79)));
  });

  test("refuses text", () => {
    const text: unknown = "abc";
    expect(() => hash(text as BinaryData)).toThrow(TypeError);
  });

  test("FL29: a job hashes a mebibyte, the same one for the same seed", () => {
    expect(job(2 ** 20)).toMatch(/^[0-9a-f]{64}$/);
    expect(job(2 ** 20, 7)).toBe(hash(randomBytes(2 ** 20, 7)));
    expect(job(10)).not.toBe(job(10));
    expect(() => job(-1)).toThrow(RangeError);
  });
});
