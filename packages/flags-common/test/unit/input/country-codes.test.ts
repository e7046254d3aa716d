import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { COUNTRY_CODES, expandCodes, POP20_CODES } from "../../../src/input/country-codes.js";

const none = { every: false, all: false, codes: [] };

describe("COUNTRY_CODES", () => {
  test("FL14: 194 codes of two letters, sorted, each once, AD to ZW", () => {
    expect(COUNTRY_CODES).toHaveLength(194);
    expect([...new Set(COUNTRY_CODES)].sort()).toEqual(COUNTRY_CODES);
    expect(COUNTRY_CODES.every((code) => /^[A-Z]{2}$/.test(code))).toBe(true);
    expect([COUNTRY_CODES.at(0), COUNTRY_CODES.at(-1)]).toEqual(["AD", "ZW"]);
  });

  test("FL15: has TW and VA; lacks DO, PS, XK and HK", () => {
    expect(COUNTRY_CODES).toEqual(expect.arrayContaining(["TW", "VA", "SS"]));
    for (const code of ["DO", "PS", "XK", "HK"]) expect(COUNTRY_CODES).not.toContain(code);
  });

  test("FL16: how many there are of each first letter", () => {
    const counts: Record<string, number> = {};
    for (const code of COUNTRY_CODES) {
      const letter = code.charAt(0);
      counts[letter] = (counts[letter] ?? 0) + 1;
    }
    expect(counts).toEqual(
      // prettier-ignore
      { M: 18, S: 18, B: 17, C: 15, T: 13, G: 12, A: 11, L: 11, K: 10, N: 9, P: 9, I: 8, E: 6,
        D: 5, U: 5, V: 5, F: 4, H: 4, R: 4, J: 3, Z: 3, O: 1, Q: 1, W: 1, Y: 1 },
    );
  });
});

describe("expandCodes", () => {
  test("FL17: nothing asked for is the 20 most populous countries, BD to VN", () => {
    const codes = expandCodes(none);
    expect(codes).toEqual([...POP20_CODES].sort());
    expect([codes.length, codes.at(0), codes.at(-1)]).toEqual([20, "BD", "VN"]);
  });

  test("FL22: codes and first letters in any case, merged, sorted, each once", () => {
    const codes = expandCodes({ ...none, codes: ["us", "b", "BR", "Us"] });
    expect(codes).toHaveLength(27);
    expect([codes.at(0), codes.at(25), codes.at(26)]).toEqual(["BA", "BZ", "US"]);
  });

  test("FL22: every beats all, all beats codes, and codes are then not checked", () => {
    expect(expandCodes({ every: true, all: true, codes: ["usa"] })).toHaveLength(676);
    expect(expandCodes({ every: false, all: true, codes: ["usa"] })).toEqual(COUNTRY_CODES);
  });

  test("FL22: the limit cuts after sorting", () => {
    expect(expandCodes({ ...none, codes: ["z", "a"], limit: 2 })).toEqual(["AA", "AB"]);
  });

  test("KB4: the limit cuts the default list too", () => {
    expect(expandCodes({ ...none, limit: 3 })).toEqual(["BD", "BR", "CD"]);
  });

  test.each(["ß", "ﬁ", "ı", "é", "usa", "123", "u1", "", " us", "u\n", "us\n"])(
    "KB6: %j is no country code",
    (code) => {
      expect(() => expandCodes({ ...none, codes: [code] })).toThrow(
        new RangeError("each CC argument must be A to Z or AA to ZZ."),
      );
    },
  );

  const anyCodes = fc.array(
    fc.oneof(fc.string({ maxLength: 3 }), fc.stringMatching(/^[a-zA-Z]{1,2}$/)),
  );

  test("what is accepted comes out sorted, unique and of two ASCII letters; all else is refused", () => {
    fc.assert(
      fc.property(anyCodes, (codes) => {
        const valid = codes.every((code) => /^[A-Za-z]{1,2}$/.test(code));
        fc.pre(valid);
        const expanded = expandCodes({ ...none, codes });
        expect([...new Set(expanded)].sort()).toEqual(expanded);
        expect(expanded.every((code) => /^[A-Z]{2}$/.test(code))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(anyCodes, (codes) => {
        fc.pre(codes.some((code) => !/^[A-Za-z]{1,2}$/.test(code)));
        expect(() => expandCodes({ ...none, codes })).toThrow(RangeError);
      }),
    );
  });
});
