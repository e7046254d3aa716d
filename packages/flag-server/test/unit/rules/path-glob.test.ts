import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

import { pathGlob } from "../../../src/rules/path-glob.js";

describe("pathGlob()", () => {
  test.each([
    ["/a", "/a", true],
    ["/a", "/a/", false],
    ["/a.c", "/abc", false],
    ["/*", "/us.gif", true],
    ["/*", "/us/us.gif", false],
    ["/*/", "//", true],
    ["/**", "/us/us.gif", true],
    ["**.gif", "/us/us.gif", true],
    ["/**/us.gif", "/us.gif", false],
    ["/u?", "/us", true],
    ["/u?", "/u/", false],
    ["/?", "/😀", true],
    ["/flags/*/*.gif", "/flags/us/us.gif", true],
    ["/flags/*/*.gif", "/flags/us/metadata.json", false],
    [`/${"ab?".repeat(60)}*x`, `/${"abc".repeat(60)}yyx`, true],
    [`/${"ab?".repeat(60)}*x`, `/${"abc".repeat(60)}y/x`, false],
    [`**${"a".repeat(70)}`, `/${"a".repeat(200)}`, true],
    [`${"*/".repeat(40)}**/x`, `${"y/".repeat(60)}x`, true],
    [`${"*/".repeat(40)}**/x`, `${"y/".repeat(39)}x`, false],
  ])("%s and %s: %j", (glob, path, fits) => {
    expect(pathGlob(glob)(path)).toBe(fits);
  });

  function expectSame(glob: string, path: string): void {
    const source = glob
      .replaceAll(".", "\\.")
      .replace(/\*+|\?/g, (part) => (part === "?" ? "[^/]" : part.length === 1 ? "[^/]*" : "[^]*"));
    expect(pathGlob(glob)(path)).toBe(new RegExp(`^${source}$`).test(path));
  }

  test("agrees with a regular expression", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "*", "?"), maxLength: 10 });
    const path = fc.string({ unit: fc.constantFrom("a", "b", "/", "."), maxLength: 10 });
    fc.assert(
      fc.property(text, path, (glob, subject) => {
        expectSame(glob, subject);
      }),
      { numRuns: 2000 },
    );
  });

  test("agrees with a regular expression over more characters than a word has bits", () => {
    const path = fc.string({ unit: fc.constantFrom("a", "b", "/"), minLength: 25, maxLength: 110 });
    const change = fc.record({
      at: fc.nat({ max: 110 }),
      length: fc.nat({ max: 40 }),
      by: fc.constantFrom("*", "**", "?", "a", "/"),
    });
    fc.assert(
      // Few stars: with many a regular expression takes its time.
      fc.property(path, fc.array(change, { maxLength: 4 }), (subject, changes) => {
        const glob = changes.reduce(
          (text, { at, length, by }) => text.slice(0, at) + by + text.slice(at + length),
          subject,
        );
        expectSame(glob, subject);
      }),
      { numRuns: 3000 },
    );
  });

  test("takes no longer for many stars: a regular expression would never end", () => {
    const glob = "*a".repeat(200);
    expect(pathGlob(glob)("a".repeat(500).concat("b"))).toBe(false);
  });

  test.each(["/*", "/**", "/*?"])(
    "the time does not grow as the glob does, but for a word of bits now and then: %s",
    (start) => {
      const path = `/${"a".repeat(4000)}`;
      // The best of several: a busy machine adds to a time and takes nothing away.
      const best = (glob: string) => {
        const fits = pathGlob(glob);
        const times = Array.from({ length: 15 }, () => {
          const begin = performance.now();
          fits(path);
          return performance.now() - begin;
        });
        return Math.min(...times);
      };
      // 400 characters are 13 words. Compared one by one, from each place of the path, it was 400 times the time.
      expect(best(`${start}${"a".repeat(400)}b`) / best(`${start}b`)).toBeLessThan(60);
    },
  );
});
