import { arcfourJob } from "../../src/index.js";
import { expect, test } from "@jest/globals";

const KEY = Buffer.from("'Twas brillig, and the slithy toves\nDid gyre");

test.each([393_216, 152_918, 1, 0])("FL31: a job of %d bytes answers their number", (size) => {
  expect(arcfourJob(size, KEY)).toBe(size);
  expect(arcfourJob(size, KEY, 42)).toBe(size);
});

test("refuses what it cannot do", () => {
  expect(() => arcfourJob(-1, KEY)).toThrow("size must be an integer from 0");
  expect(() => arcfourJob(1.5, KEY, 3)).toThrow(RangeError);
  expect(() => arcfourJob(10, new Uint8Array(0))).toThrow("key must have 1 to 256 bytes");
});
