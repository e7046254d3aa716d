import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

import { formatHttpDate, parseHttpDate } from "../../src/http-date.js";

describe("parseHttpDate()", () => {
  test.each([
    ["Sun, 06 Nov 1994 08:49:37 GMT"],
    ["Sunday, 06-Nov-94 08:49:37 GMT"],
    ["Sun Nov  6 08:49:37 1994"],
  ])("reads %s, one of the three forms", (text) => {
    expect(parseHttpDate(text)).toBe(784_111_777_000);
  });

  test.each([
    ["1994"],
    ["1994-11-06T08:49:37Z"],
    ["Sun, 06 Nov 1994 08:49:37 PST"],
    ["Sun, 06 Nov 1994 08:49:37 GMT x"],
    ["Sun, 06 Xyz 1994 08:49:37 GMT"],
    ["Sun, 06 Nov 1994 25:49:37 GMT"],
    [""],
    ["0"],
  ])("refuses %j", (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });

  test("reads what formatHttpDate() writes", () => {
    const seconds = fc.integer({ min: 0, max: 4_102_444_800 });
    fc.assert(
      fc.property(seconds, (second) => {
        expect(parseHttpDate(formatHttpDate(second * 1000))).toBe(second * 1000);
      }),
    );
  });
});
