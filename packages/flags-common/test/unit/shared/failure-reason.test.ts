import { describe, expect, test } from "@jest/globals";
import {
  errorCode,
  errorMessage,
  inSeconds,
  printable,
  systemMessage,
} from "../../../src/shared/failure-reason.js";

describe("the parts of a reason", () => {
  test("KB13: whatever is thrown, there is a text", () => {
    for (const thrown of [new Error(), new TypeError("x"), 0, undefined, null, "", { a: 1 }]) {
      expect(errorMessage(thrown)).not.toBe("");
    }
    expect(errorMessage(new TypeError())).toBe("TypeError");
    expect(errorMessage(new Error("one\ntwo"))).toBe("one");
  });

  test("text from outside cannot move the cursor or fill the screen", () => {
    expect(printable("a\u001b[31m\u009bb\r\n\u0000ü")).toBe("a?[31m?b???ü");
    expect(printable("x".repeat(1000))).toHaveLength(100);
  });

  test("a code is found on the error itself or on the first of several", () => {
    const refused = Object.assign(new Error(), { code: "ECONNREFUSED" });
    expect(errorCode(refused)).toBe("ECONNREFUSED");
    expect(errorCode(new AggregateError([refused]))).toBe("ECONNREFUSED");
    expect(errorCode(new Error())).toBeUndefined();
    expect(errorCode("ECONNREFUSED")).toBeUndefined();
  });

  test("system codes have words", () => {
    expect(systemMessage("ENOSPC")).toBe("no space left on device");
    expect(systemMessage("EWHAT")).toBeUndefined();
    expect(systemMessage(undefined)).toBeUndefined();
  });

  test.each([
    [10_000, "10 s"],
    [250, "0.25 s"],
    [1, "0.001 s"],
  ])("%d ms are %s", (ms, text) => {
    expect(inSeconds(ms)).toBe(text);
  });
});
