import { describe, expect, test } from "@jest/globals";
import { parseInteger, parseSeconds } from "../../../src/cli/parse-numbers.js";

describe("parseInteger", () => {
  test.each([
    ["5", 5],
    ["+5", 5],
    ["-5", -5],
    ["007", 7],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("%j is %d", (text, value) => {
    expect(parseInteger(text)).toBe(value);
  });

  test.each(["", " 5", "5 ", "5x", "0x10", "1e3", "1.0", "1_000", "٣", "--5", "9007199254740992"])(
    "%j is no integer",
    (text) => {
      expect(parseInteger(text)).toBeUndefined();
    },
  );
});

describe("parseSeconds", () => {
  test.each([
    ["10", 10],
    ["0.5", 0.5],
    [".5", 0.5],
    ["5.", 5],
    ["86400", 86_400],
  ])("%j is %d", (text, value) => {
    expect(parseSeconds(text)).toBe(value);
  });

  test.each(["", "0", "-1", "1e3", "inf", "NaN", "86401", "5s", "."])(
    "%j is no time limit",
    (text) => {
      expect(parseSeconds(text)).toBeUndefined();
    },
  );
});
