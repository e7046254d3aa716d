import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

import { parseByteRange } from "../../src/byte-range.js";

describe("parseByteRange()", () => {
  test.each([
    ["bytes=0-0", { first: 0, last: 0 }],
    ["bytes=2-5", { first: 2, last: 5 }],
    ["bytes=9-", { first: 9, last: 9 }],
    ["bytes=5-99", { first: 5, last: 9 }],
    ["bytes=0-99999999999999999999999", { first: 0, last: 9 }],
    ["bytes=-3", { first: 7, last: 9 }],
    ["bytes=-99", { first: 0, last: 9 }],
    ["BYTES=1-2", { first: 1, last: 2 }],
    ["bytes= 1-2 ,", { first: 1, last: 2 }],
  ])("takes %s of ten bytes", (field, range) => {
    expect(parseByteRange(field, 10)).toEqual(range);
  });

  test.each([["bytes=10-"], ["bytes=10-12"], ["bytes=-0"]])("cannot satisfy %s", (field) => {
    expect(parseByteRange(field, 10)).toBe("unsatisfiable");
  });

  test.each([
    [undefined],
    [""],
    ["bytes"],
    ["bytes="],
    ["bytes=-"],
    ["bytes=5-2"],
    ["bytes=a-b"],
    ["bytes=1.5-2"],
    ["bytes=--1"],
    ["items=0-1"],
    ["bytes=0-1,4-5"],
    ["bytes=0-1, bytes=4-5"],
  ])("ignores %j", (field) => {
    expect(parseByteRange(field, 10)).toBeUndefined();
  });

  test("never leaves the body, whatever the field", () => {
    const field = fc
      .tuple(fc.string(), fc.nat(), fc.nat())
      .chain(([text, from, to]) =>
        fc.constantFrom(text, `bytes=${text}`, `bytes=${from}-${to}`, `bytes=-${to}`),
      );
    fc.assert(
      fc.property(field, fc.nat(20_000), (value, totalBytes) => {
        const range = parseByteRange(value, totalBytes);
        if (typeof range !== "object") return;
        expect(range.first).toBeGreaterThanOrEqual(0);
        expect(range.last).toBeGreaterThanOrEqual(range.first);
        expect(range.last).toBeLessThan(totalBytes);
      }),
    );
  });
});
