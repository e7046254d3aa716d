import { describe, expect, test } from "@jest/globals";

import { FLAG_COUNTRY_CODES } from "../../src/index.js";

describe("FLAG_COUNTRY_CODES", () => {
  test("has the book's 194 codes, sorted and without repeats", () => {
    expect(FLAG_COUNTRY_CODES).toHaveLength(194);
    expect([...new Set(FLAG_COUNTRY_CODES)].sort()).toEqual(FLAG_COUNTRY_CODES);
    expect(FLAG_COUNTRY_CODES.at(0)).toBe("AD");
    expect(FLAG_COUNTRY_CODES.at(-1)).toBe("ZW");
  });

  test("has as many codes under each letter as the book", () => {
    const counts: Record<string, number> = {};
    for (const [letter = ""] of FLAG_COUNTRY_CODES) counts[letter] = (counts[letter] ?? 0) + 1;
    expect(counts).toEqual(
      // prettier-ignore
      { A: 11, B: 17, C: 15, D: 5, E: 6, F: 4, G: 12, H: 4, I: 8, J: 3, K: 10, L: 11, M: 18, N: 9,
        O: 1, P: 9, Q: 1, R: 4, S: 18, T: 13, U: 5, V: 5, W: 1, Y: 1, Z: 3 },
    );
  });

  test("cannot be changed by a user", () => {
    expect(Object.isFrozen(FLAG_COUNTRY_CODES)).toBe(true);
  });
});
