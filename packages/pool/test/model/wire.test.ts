import { describe, expect, test } from "@jest/globals";
import { explore } from "./wire-model.js";

describe("slots between a parent and a worker, in every order of their steps", () => {
  test("each of three calls in two slots runs once, with its own arguments, and gets its own result", () => {
    const { wrongs, faults, ends, worlds } = explore(3);
    expect([...wrongs]).toEqual([]);
    expect(faults).toBe(0);
    expect(ends).toBeGreaterThan(0);
    // So many are there that no order can have been left out by accident.
    expect(worlds).toBeGreaterThan(10_000);
  });

  test("a slot that is used again too soon is noticed before anything runs", () => {
    const { wrongs, faults } = explore(3, { reusesTooSoon: true });
    expect(faults).toBeGreaterThan(0);
    expect([...wrongs]).toEqual([]);
  });

  test.each([
    ["a worker that does not look whose slot it is", { reusesTooSoon: true, claimsBlindly: true }],
    ["a worker that takes what was taken back", { claimsBlindly: true }],
  ])("the model notices %s", (_kind, mistake) => {
    expect(explore(3, mistake).wrongs.size).toBeGreaterThan(0);
  });
});
