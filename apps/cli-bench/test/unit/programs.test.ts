import { expect, test } from "@jest/globals";
import { timestamp } from "../../src/output.js";
import { ARCFOUR_SIZES } from "../../src/programs/numbers.js";

test("FL31: the sizes of the arcfour jobs, truncated as Python does", () => {
  expect(ARCFOUR_SIZES).toEqual([
    393216, 371370, 349525, 327680, 305834, 283989, 262144, 240299, 218454, 196608, 174763, 152918,
  ]);
});

test("the time of day is written with two digits each", () => {
  expect(timestamp(new Date(2026, 0, 2, 3, 4, 5))).toBe("[03:04:05]");
});
