import { describe, expect, test } from "@jest/globals";
import { findGifFault } from "../../../src/fetch/gif.js";
import { TINY_GIF } from "../../fixtures/servers.js";

describe("findGifFault", () => {
  test("finds nothing wrong with GIF87a and GIF89a", () => {
    const old = Uint8Array.from(TINY_GIF);
    old[4] = "7".charCodeAt(0);
    expect(findGifFault(TINY_GIF)).toBeUndefined();
    expect(findGifFault(old)).toBeUndefined();
  });

  test("names an empty body", () => {
    expect(findGifFault(new Uint8Array())).toEqual({ code: "NOT_A_GIF", reason: "body is empty" });
  });

  test("names a body that is something else", () => {
    expect(findGifFault(Buffer.from("<html>;"))).toEqual({
      code: "NOT_A_GIF",
      reason: "not a GIF (no GIF signature)",
    });
  });

  test("finds every cut of a GIF", () => {
    for (let length = 0; length < TINY_GIF.length; length += 1) {
      expect(findGifFault(TINY_GIF.subarray(0, length))).toBeDefined();
    }
    expect(findGifFault(TINY_GIF.subarray(0, 20))).toEqual({
      code: "TRUNCATED",
      reason: "body is truncated (GIF without its end, 20 bytes)",
    });
  });
});
