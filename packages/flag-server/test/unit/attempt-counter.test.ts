import { describe, expect, test } from "@jest/globals";

import { AttemptCounter } from "../../src/attempt-counter.js";

describe("AttemptCounter", () => {
  test("counts each path by itself, from 1", () => {
    const counter = new AttemptCounter();
    expect(["/a", "/b", "/a", "/a"].map((path) => counter.next(path).attempts)).toEqual([
      1, 1, 2, 3,
    ]);
  });

  test("remembers 10,000 paths and no more", () => {
    const counter = new AttemptCounter();
    for (let number = 0; number < 10_000; number += 1) counter.next(`/${number}`);
    const late = () => counter.next("/late").attempts;
    expect([late(), late()]).toEqual([1, 1]);
    expect(counter.next("/9999").attempts).toBe(2);
  });
});
